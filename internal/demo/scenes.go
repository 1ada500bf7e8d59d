package demo

import "math"

// The colours of the company: paper, woods, a few dyes.
const (
	cream  = 0xf6f0e4
	sand   = 0xe9dcc3
	ash    = 0xd8c19c
	oak    = 0xb98a55
	walnut = 0x6d4a33
	coal   = 0x25262c
	ochre  = 0xd19a3e
	clay   = 0xc4714c
	madder = 0x9c2b2b
	moss   = 0x5f7b57
	slate  = 0x3e5876
	mist   = 0xb9cad7
	night  = 0x1f2c44
)

// scenes are the pictures by name, drawn anew in each demo and always the same.
var scenes = map[string]func(*canvas){
	"chair": chair, "bench": bench, "joint": joint, "rings": rings, "fabric": fabric, "lathe": lathe, "oil": drop,
	"bars": bars, "tents": tents, "windows": windows, "hills": hills, "planks": planks, "arches": arches,
}

func chair(c *canvas) {
	c.ground(0xf3e3cb, 0xe7cda8)
	c.disc(tint(ochre, .35), 770, 330, 250)
	c.box(ink(0xd9b98c), 0, 660, pictureWidth, 140)
	c.shape(tint(walnut, .18), arc(560, 690, 1, 0, 360)...)
	c.shape(tint(walnut, .16), point{380, 676}, point{830, 676}, point{900, 700}, point{330, 700})
	wood, dark := ink(walnut), ink(0x553826)
	// far legs, then the bent sheet from foot to back, then the near leg
	c.line(dark, 17, bend(point{520, 455}, point{520, 540}, point{500, 610}, point{484, 684})...)
	c.line(dark, 17, bend(point{700, 455}, point{712, 540}, point{742, 610}, point{766, 684})...)
	c.line(wood, 24, bend(point{452, 690}, point{478, 560}, point{482, 470}, point{468, 452})...)
	c.line(wood, 26, bend(point{440, 448}, point{560, 470}, point{650, 470}, point{730, 440})...)
	c.line(wood, 24, bend(point{730, 440}, point{812, 408}, point{806, 290}, point{842, 150})...)
	c.line(wood, 24, bend(point{716, 448}, point{764, 540}, point{790, 610}, point{812, 690})...)
	c.line(tint(cream, .35), 5, bend(point{738, 430}, point{800, 400}, point{796, 290}, point{830, 158})...)
}

func bench(c *canvas) {
	c.ground(cream, sand)
	for i, colour := range []uint32{slate, ochre, moss, clay, madder, walnut} {
		x, y := 110+float64(i%3)*340, 170+float64(i/3)*290
		c.shape(tint(coal, .10), point{x + 18, y + 196}, point{x + 318, y + 196}, point{x + 336, y + 212}, point{x, y + 212})
		c.box(ink(colour), x+36, y+70, 26, 132)
		c.box(ink(colour), x+238, y+70, 26, 132)
		c.box(mix(colour, coal, .25), x+60, y+132, 180, 18)
		c.box(mix(colour, cream, .18), x, y+44, 300, 34)
		c.box(mix(colour, coal, .35), x+250, y+10, 34, 34)
	}
}

func joint(c *canvas) {
	c.ground(0xdfe6ea, 0xc3d0d8)
	c.shape(tint(night, .12), point{130, 610}, point{1090, 610}, point{1040, 640}, point{90, 640})
	c.shape(ink(ash), point{80, 240}, point{520, 240}, point{520, 340}, point{690, 340}, point{690, 480}, point{520, 480},
		point{520, 580}, point{80, 580})
	c.shape(ink(oak), point{1120, 240}, point{730, 240}, point{730, 332}, point{900, 332}, point{900, 488}, point{730, 488},
		point{730, 580}, point{1120, 580})
	c.box(tint(walnut, .35), 900, 332, 14, 156)
	for i := range 7 {
		y := 268 + float64(i)*48
		end, begin := 505.0, 745.0
		if i > 1 && i < 5 {
			end, begin = 675, 930
		}
		c.line(tint(walnut, .22), 3, bend(point{92, y}, point{230, y - 14}, point{380, y + 16}, point{end, y - 4})...)
		c.line(tint(walnut, .30), 3, bend(point{begin, y}, point{begin + 110, y + 12}, point{1010, y - 16}, point{1108, y + 5})...)
	}
}

// rings tints a third of a tree's growth.
func rings(c *canvas) {
	c.ground(0xefe3cf, 0xe2cfb0)
	for i := 17; i > 0; i-- {
		r := 24*float64(i) + 9*math.Sin(float64(i)*1.7)
		colour := mix(oak, ash, math.Mod(float64(i)*.37, 1))
		if i > 11 {
			colour = mix(moss, 0x9fb48f, math.Mod(float64(i)*.41, 1))
		}
		c.disc(colour, 600+8*math.Sin(float64(i)), 420+6*math.Cos(float64(i)*1.3), r)
	}
	c.disc(ink(walnut), 606, 424, 9)
	c.line(tint(cream, .8), 4, point{600, 424}, point{1040, 250})
	c.disc(ink(cream), 1040, 250, 10)
}

func fabric(c *canvas) {
	c.ground(0xe6d6b6, 0xd9c49a)
	for i := range 12 {
		c.box(tint(slate, .75), float64(i)*110-40, 0, 56, pictureHeight)
	}
	for i := range 8 {
		c.box(tint(ochre, .62), 0, float64(i)*110-40, pictureWidth, 62)
	}
	for i := range 12 {
		for j := range 8 {
			if (i+j)%2 == 0 {
				c.box(tint(slate, .55), float64(i)*110-40, float64(j)*110-40, 56, 62)
			}
		}
	}
	for i := range 24 {
		c.box(tint(cream, .10), float64(i)*52, 0, 4, pictureHeight)
	}
}

func lathe(c *canvas) {
	c.ground(0x2c3038, 0x1f2127)
	c.box(ink(0x3b404a), 0, 560, pictureWidth, 240)
	c.box(ink(0x4b515d), 0, 560, pictureWidth, 10)
	var top, bottom []point
	for i := range 121 {
		x := 200 + float64(i)*6.6
		s := float64(i) / 120
		r := 92 + 30*math.Sin(s*math.Pi*5) + 18*math.Sin(s*math.Pi*2) - 16*s
		top = append(top, point{x, 400 - r})
		bottom = append([]point{{x, 400 + r}}, bottom...)
	}
	c.shape(ink(oak), append(top, bottom...)...)
	for i := range 5 {
		share := .16 + float64(i)*.16
		var light []point
		for j := range top {
			light = append(light, point{top[j].x, top[j].y + (400-top[j].y)*2*share})
		}
		c.line(tint([]uint32{ash, cream, ash, walnut, walnut}[i], .35), 5, light...)
	}
	c.shape(ink(0x8a909b), point{60, 330}, point{160, 360}, point{204, 400}, point{160, 440}, point{60, 470})
	c.shape(ink(0x8a909b), point{1140, 330}, point{1040, 360}, point{990, 400}, point{1040, 440}, point{1140, 470})
	c.line(ink(0xb8bdc6), 14, point{640, 690}, point{600, 520})
}

// drop is oil above pale wood.
func drop(c *canvas) {
	c.ground(0xf1e4cb, 0xe3cda4)
	for i := 7; i > 0; i-- {
		r := float64(i) * 62
		points := arc(600, 560, r, 0, 360)
		for j := range points {
			points[j].y = 560 + (points[j].y-560)*.34
		}
		c.shape(mix(ochre, 0xe7d3ad, float64(i)/7), points...)
	}
	fall := append(bend(point{600, 130}, point{640, 230}, point{690, 290}, point{690, 356}), arc(600, 356, 90, 0, 180)...)
	fall = append(fall, bend(point{510, 356}, point{510, 290}, point{560, 230}, point{600, 130})...)
	c.shape(ink(0xc6842b), fall...)
	c.line(tint(cream, .7), 12, arc(600, 356, 62, 120, 175)...)
}

func bars(c *canvas) {
	c.ground(cream, 0xece2cf)
	c.box(ink(coal), 150, 650, 900, 3)
	for i, b := range []struct {
		colour uint32
		height float64
	}{{slate, 210}, {moss, 300}, {ochre, 250}, {madder, 440}} {
		x := 210 + float64(i)*210
		c.box(ink(b.colour), x, 650-b.height, 130, b.height)
		c.box(tint(cream, .14), x, 650-b.height, 44, b.height)
	}
	c.disc(ink(madder), 905, 150, 20)
}

func tents(c *canvas) {
	c.ground(0xf2c9a0, 0xe9a982)
	c.disc(ink(0xf7e3bf), 860, 400, 120)
	c.box(ink(0x5f7b8e), 0, 560, pictureWidth, 240)
	for i, colour := range []uint32{slate, cream, madder, sand, moss, cream} {
		x := 40 + float64(i)*190
		h := 170 + 40*math.Sin(float64(i)*2.1)
		c.shape(ink(colour), point{x, 560}, point{x + 95, 560 - h}, point{x + 190, 560})
		c.shape(tint(coal, .16), point{x + 95, 560 - h}, point{x + 190, 560}, point{x + 120, 560})
		c.line(tint(coal, .7), 3, point{x + 95, 560 - h}, point{x + 95, 532 - h})
	}
	for i := range 9 {
		y := 590 + float64(i)*24
		c.box(tint(0xf7e3bf, .30-.03*float64(i)), 780-float64(i)*14, y, 160+float64(i)*28, 5)
	}
}

func windows(c *canvas) {
	c.ground(0x4a3a34, 0x372b28)
	for i := range 5 {
		x := 90 + float64(i)*210
		frame := append(arc(x+85, 220, 85, 180, 360), point{x + 170, 660}, point{x, 660})
		c.shape(ink(0xf1cf8e), frame...)
		if i == 3 {
			c.shape(ink(0xfbe9c0), frame...)
			c.shape(ink(0xe9b869), point{x, 220}, point{x - 46, 190}, point{x - 46, 690}, point{x, 660})
		}
		bar := ink(0x2c2220)
		c.box(bar, x+81, 136, 8, 524)
		for j := range 3 {
			c.box(bar, x, 300+float64(j)*120, 170, 7)
		}
	}
	c.box(ink(0x2c2220), 0, 660, pictureWidth, 140)
	for i := range 5 {
		x := 90 + float64(i)*210
		c.shape(tint(0xf1cf8e, .16), point{x, 660}, point{x + 170, 660}, point{x + 250, 800}, point{x - 40, 800})
	}
}

func hills(c *canvas) {
	c.ground(0xe7edf2, 0xcfdbe4)
	c.disc(ink(0xf9f4e6), 860, 210, 84)
	for i := range 6 {
		base := 330 + float64(i)*86
		points := []point{{0, pictureHeight}}
		for x := 0.0; x <= pictureWidth; x += 12 {
			s := x / pictureWidth
			y := base - 70*math.Sin(s*math.Pi*(1.4+float64(i)*.33)+float64(i)*1.9) - 22*math.Sin(s*math.Pi*5+float64(i))
			points = append(points, point{x, y})
		}
		c.shape(mix(mist, night, .12+float64(i)*.15), append(points, point{pictureWidth, pictureHeight})...)
	}
}

func planks(c *canvas) {
	c.ground(0xcaa36f, 0xb98a55)
	for i := range 6 {
		x := float64(i)*200 + 3
		c.box(mix(0xdcb988, 0xc89c66, math.Mod(float64(i)*.43, 1)), x, 0, 194, pictureHeight)
		for j := range 5 {
			at := x + 22 + float64(j)*36
			sway := 14 * math.Sin(float64(i*5+j)*2.3)
			c.line(tint(walnut, .20), 3, bend(point{at, -10}, point{at + sway, 260}, point{at - sway, 540}, point{at + sway/2, 810})...)
		}
		if i%2 == 1 {
			y := 180 + float64(i)*90
			c.disc(tint(walnut, .35), x+96, y, 20)
			c.disc(tint(walnut, .45), x+96, y, 10)
		}
	}
}

// arches leaves the sky open, so that the page shows through: three walls, the farthest
// first, each with a wider gate.
func arches(c *canvas) {
	for i := range 3 {
		r, top := 150+float64(i)*140, 300-float64(i)*90
		spring := top + r*.78
		mid := float64(pictureWidth) / 2
		gate := []point{{0, pictureHeight}, {0, 40}, {pictureWidth, 40}, {pictureWidth, pictureHeight}, {mid + r, pictureHeight}, {mid + r, spring}}
		gate = append(gate, bend(point{mid + r, spring}, point{mid + r, spring - r*.55}, point{mid + r*.40, top + r*.16}, point{mid, top})...)
		gate = append(gate, bend(point{mid, top}, point{mid - r*.40, top + r*.16}, point{mid - r, spring - r*.55}, point{mid - r, spring})...)
		c.shape(mix(slate, 0x9bb8cc, float64(i)/2), append(gate, point{mid - r, pictureHeight})...)
	}
}
