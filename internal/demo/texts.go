package demo

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// words are what an item or a post says, with its picture by name.
type words struct {
	language   string
	text       string
	variants   []advocacy.Variant
	link       string
	picture    string
	alt        string
	disclosure advocacy.Disclosure
}

// item is one library item of the story.
type item struct {
	title    string
	topic    advocacy.TopicID
	networks []advocacy.Network
	note     string
	words
	// then is what it says after it was rewritten, nil when it never was.
	then *words
	// pin is its place among what is pinned and feature its place in the strip, for until what
	// working day from today, 0 for none.
	pin, feature, featured int
	labels                 []string
	campaign               string
	// from and until are the share window in working days from today, 0 for open ends;
	// negative ones are past.
	from, until int
}

func fr(text string) advocacy.Variant { return advocacy.Variant{Language: "fr", Text: text} }

func en(text string) advocacy.Variant { return advocacy.Variant{Language: "en", Text: text} }

func short(language, text string) advocacy.Variant {
	return advocacy.Variant{Network: webhook, Language: language, Text: text}
}

var (
	everywhere = []advocacy.Network{wall, webhook}
	onTheWall  = []advocacy.Network{wall}
)

// oil is the item that has a second revision in review while the first is in force.
var oil = words{
	language: "en", link: "https://alder.example/care", picture: "oil", alt: "A drop of oil above rings that spread in pale wood.",
	text: "An oak table wants three things: a soft cloth, a spoon of oil, and once a year an hour of your time.\n\nWipe, wait, wipe again. That is all.",
	variants: []advocacy.Variant{
		fr("Une table en chêne demande trois choses : un chiffon doux, une cuillère d’huile et, une fois par an, une heure de votre temps.\n\nPassez, attendez, repassez. C’est tout."),
	},
}

var items = map[string]item{
	"linden": {
		title: "The Linden chair", topic: "craft", networks: everywhere, feature: 1, featured: 15, labels: []string{"chairs", "launch"}, campaign: "Linden", note: "Launch. Share it with a sentence of your own if you like; it will then be read by legal and PR.",
		words: words{
			language: "en", link: "https://alder.example/linden", picture: "chair", alt: "The Linden chair, drawn in a few curves on a warm ground.",
			text: "The Linden chair is here. One sheet of steam-bent ash, eleven joints, no screws.\n\nIt took our Leeds workshop two winters to get the back right, and we think you can feel it. In the showrooms from this week.",
			variants: []advocacy.Variant{
				fr("La chaise Linden est là. Une seule feuille de frêne cintrée à la vapeur, onze assemblages, aucune vis.\n\nL’atelier de Leeds a mis deux hivers à trouver le dossier, et nous pensons que cela se sent. Dans nos salons dès cette semaine."),
				short("en", "New: the Linden chair. Steam-bent ash, eleven joints, no screws."),
				short("fr", "Nouveau : la chaise Linden. Frêne cintré, onze assemblages, aucune vis."),
			},
		},
	},
	"apprentices": {
		title: "Twelve apprenticeships · Douze apprentissages", topic: "careers", networks: everywhere, until: 18, feature: 2, featured: 18, labels: []string{"hiring"}, campaign: "Apprentices 2026",
		words: words{
			language: "en", link: "https://alder.example/apprentices", picture: "bench", alt: "Six workbenches in two rows, each in another colour.",
			text: "Twelve places, six trades, two workshops. Our apprenticeships in Lyon and Leeds are open: cabinetmaking, upholstery, finishing, machining, logistics and design.\n\nNo diploma asked for. Come for a day first.",
			variants: []advocacy.Variant{
				fr("Douze places, six métiers, deux ateliers. L’apprentissage ouvre à Lyon et à Leeds : ébénisterie, tapisserie, finition, usinage, logistique et design.\n\nAucun diplôme demandé. Venez d’abord passer une journée."),
			},
		},
	},
	"repair": {
		title: "Une chaise Alder se répare", topic: "company", networks: everywhere, pin: 1, labels: []string{"chairs", "repair"},
		words: words{
			language: "fr", link: "https://alder.example/reparer", picture: "joint", alt: "Deux pièces de bois qui s’emboîtent, vues de côté.",
			text: "Une chaise Alder se répare. Envoyez-nous une photo : nous répondons sous trois jours avec un prix, et la pièce revient chez vous en un mois.\n\nL’an dernier, 1 140 chaises ont repris le chemin de la table.",
			variants: []advocacy.Variant{
				en("An Alder chair can be repaired. Send us a photo: we answer within three days with a price, and the piece is back with you in a month.\n\nLast year 1,140 chairs went back to the table."),
			},
		},
	},
	"waste": {
		title: "38% less waste in finishing", topic: "company", networks: onTheWall, note: "The figure is the lab’s. Please do not round it.",
		words: words{
			language: "en", link: "https://alder.example/finishing", picture: "rings", alt: "Growth rings of a tree, a third of them tinted green.",
			text: "38% less waste in the finishing line, measured over twelve weeks by an independent lab.\n\nThe part we like most: the operators drew the first sketch on a pizza box. 🍕",
			variants: []advocacy.Variant{
				fr("38 % de déchets en moins à la finition, mesurés pendant douze semaines par un laboratoire indépendant.\n\nCe que nous préférons : les opératrices ont dessiné la première esquisse sur un carton à pizza. 🍕"),
			},
		},
	},
	"upholsterer": {
		title: "Tapissier ou tapissière, Lyon", topic: "careers", networks: onTheWall,
		words: words{
			language: "fr", link: "https://alder.example/emplois/tapisserie", picture: "fabric", alt: "Des bandes de tissu croisées, ocre et bleu.",
			text: "Nous cherchons une tapissière ou un tapissier pour l’atelier de Lyon. Temps plein, semaine de quatre jours possible, et de la lumière du nord toute la journée.\n\nÉcrivez à Camille, elle vous fera visiter.",
		},
	},
	"machinist": {
		title: "CNC machinist, Leeds", topic: "careers", networks: onTheWall,
		words: words{
			language: "en", link: "https://alder.example/jobs/machinist", picture: "lathe", alt: "A turned spindle of wood between two points.",
			text: "We are looking for a CNC machinist in Leeds who would rather cut one good part than ten quick ones. Full time, four-day week if you like.\n\nAsk Oliver anything.",
		},
	},
	"oil": {
		title: "How to oil an oak table", topic: "craft", networks: everywhere, words: oil,
		then: &words{
			language: oil.language, link: oil.link, picture: oil.picture, alt: oil.alt,
			text: "An oak table wants three things: a soft cloth, a spoon of linseed oil, and twice a year half an hour of your time.\n\nWipe, wait, wipe again. Then hang the cloth out flat to dry: balled up, it can catch fire.",
			variants: []advocacy.Variant{
				fr("Une table en chêne demande trois choses : un chiffon doux, une cuillère d’huile de lin et, deux fois par an, une demi-heure de votre temps.\n\nPassez, attendez, repassez. Puis étendez le chiffon à plat pour le faire sécher : en boule, il peut prendre feu."),
			},
		},
	},
	"results": {
		title: "Our year in four numbers", topic: "leadership", networks: onTheWall, note: "For those who are asked about it. Nothing here goes beyond the published report.",
		words: words{
			language: "en", link: "https://alder.example/report", picture: "bars", alt: "Four bars of different height, the last one the tallest.",
			text: "Our year in four numbers: 212 people, 31,400 chairs, 1,140 of them repaired, and one workshop that now runs on its own shavings.\n\nThe report is public, with everything that did not go well.",
			variants: []advocacy.Variant{
				fr("Notre année en quatre nombres : 212 personnes, 31 400 chaises, dont 1 140 réparées, et un atelier qui se chauffe désormais à ses propres copeaux.\n\nLe rapport est public, avec tout ce qui n’a pas bien marché."),
			},
		},
	},
	"fair": {
		title: "Salon du design, Lyon", topic: "company", networks: onTheWall, from: 4, until: 12,
		words: words{
			language: "fr", link: "https://alder.example/salon", picture: "tents", alt: "Des toits pointus au bord de l’eau, au soleil couchant.",
			text: "Retrouvez-nous au Salon du design de Lyon, au bord de la Saône. On y cintrera une chaise toutes les heures, et vous pourrez tenir l’autre bout.",
			variants: []advocacy.Variant{
				en("Find us at the design fair in Lyon, by the Saône. We will bend a chair every hour, and you may hold the other end."),
			},
		},
	},
	"openday": {
		title: "Open day in Leeds", topic: "company", networks: onTheWall, until: -3,
		words: words{
			language: "en", link: "https://alder.example/open-day", picture: "windows", alt: "A row of tall workshop windows, one of them open.",
			text: "Our Leeds workshop opens its doors this Saturday, ten to four. See a chair come out of the steam, try the plane, take the shavings home.\n\nChildren welcome, sandals not.",
		},
	},
	"marl": {
		title: "The Marl fabrics", topic: "craft", networks: everywhere,
		words: words{
			language: "en", link: "https://alder.example/marl", picture: "fabric", alt: "Crossed bands of cloth, ochre and blue.",
			text: "Marl is our new family of wool fabrics, woven forty miles from the Leeds workshop in nine quiet colours.",
			variants: []advocacy.Variant{
				fr("Marl est notre nouvelle famille de tissus de laine, tissés à soixante kilomètres de l’atelier de Leeds en neuf couleurs discrètes."),
			},
		},
	},
	"showroom": {
		title: "The Leeds showroom reopens", topic: "company", networks: onTheWall,
		words: words{
			language: "en", link: "https://alder.example/showroom-leeds", picture: "windows", alt: "A row of tall windows with warm light inside.",
			text: "After four months of dust, the Leeds showroom opens again. More light, fewer walls, and a table where you can bring what needs repair.",
			variants: []advocacy.Variant{
				fr("Après quatre mois de poussière, le salon de Leeds rouvre. Plus de lumière, moins de murs, et une table où poser ce qu’il faut réparer."),
			},
		},
	},
	"school": {
		title: "With the Northwind school of design", topic: "company", networks: onTheWall,
		words: words{
			language: "en", link: "https://alder.example/northwind", picture: "tents", alt: "Pointed roofs by the water in the evening.",
			text: "For the third year, students of the Northwind school of design spend a month in our workshops. What they draw here is theirs.",
		},
	},
	"winter": {
		title: "Winter closing · Fermeture d’hiver", topic: "company", networks: everywhere,
		words: words{
			language: "fr", picture: "hills", alt: "Des collines bleues sous une lune pâle.",
			text: "Les ateliers ferment deux semaines cet hiver. Les réparations reçues avant la fermeture repartent à la réouverture.",
			variants: []advocacy.Variant{
				en("The workshops close for two weeks this winter. Repairs that reach us before will leave when we are back."),
			},
		},
	},
}

// post is one post of the story. One with an item is a share of it, in the language of its
// words: an unedited one has none of its own, another has the item's with a little changed.
type post struct {
	author  string
	outlets []string
	item    string
	note    string
	words
	// then is what it says after it was rewritten, nil when it never was.
	then *words
	// ahead is when it shall go out in working days from today, at hour o'clock in the
	// company's zone; 0 is as soon as signed.
	ahead, hour int
	// byKey tells that a tool made it with the founder's API key.
	byKey bool
}

var posts = map[string]post{
	"bench": {
		author: "camille", outlets: []string{"camille"},
		words: words{
			language: "fr", disclosure: advocacy.DisclosureEmployee, picture: "planks", alt: "Des planches de bois clair, rangées les unes contre les autres.",
			text: "Trois choses apprises en dix ans d’établi : écouter le bois, affûter le matin, balayer le soir.\n\nEt chez Alder, on a les meilleurs outils du monde ! 🪵",
		},
		then: &words{
			language: "fr", disclosure: advocacy.DisclosureEmployee, picture: "planks", alt: "Des planches de bois clair, rangées les unes contre les autres.",
			text: "Trois choses apprises en dix ans d’établi : écouter le bois, affûter le matin, balayer le soir.\n\nEt garder le rabot de celle qui m’a tout appris. 🪵",
		},
	},
	"lathe": {
		author: "oliver", outlets: []string{"oliver"},
		words: words{
			language: "en", disclosure: advocacy.DisclosureEmployee, picture: "lathe", alt: "A turned spindle of wood between two points.",
			text: "The new lathe is older than me. We found it in a barn near Otley, gave it new bearings, and it turns a spindle rounder than the one we bought in 2019. 🙂",
		},
	},
	"tokyo": {
		author: "ines", outlets: []string{"house"},
		note: "Japanese by our dealer in Tokyo, read by a second translator. In English: Next week we show our new chair, Linden, at the design fair in Tokyo. One sheet of ash, bent with steam, and not a single screw. We look forward to meeting you.",
		words: words{
			language: "ja", link: "https://alder.example/linden", picture: "hills", alt: "淡い月の下に重なる青い丘。",
			text: "来週、東京のデザインフェアで新作の椅子「リンデン」をご紹介します。\n\n一枚のアッシュ材を蒸気で曲げ、ねじは一本も使っていません。皆さまにお会いできることを楽しみにしています。",
		},
	},
	"casablanca": {
		author: "ines", outlets: []string{"house"},
		note: "Texte arabe de notre partenaire à Casablanca, relu à Lyon. En français : Nous ouvrons à Casablanca, avec nos partenaires, notre première salle d’exposition au Maroc. Nos chaises sont faites à Lyon et à Leeds, et se réparent là où vous vivez.",
		words: words{
			language: "ar", link: "https://alder.example/casablanca", picture: "arches", alt: "أقواس باللون الأزرق تحت سماء فاتحة.",
			text: "يسعدنا أن نفتتح مع شركائنا في الدار البيضاء أول صالة عرض لنا في المغرب.\n\nتُصنع كراسينا في ليون وليدز، ونصلحها حيث تعيشون.",
		},
	},
	"award": {
		author: "oliver", outlets: []string{"oliver"},
		words: words{
			language: "en", disclosure: advocacy.DisclosureEmployee, picture: "chair", alt: "The Linden chair, drawn in a few curves on a warm ground.",
			text: "It is official: we make the best chairs in Europe! The Linden has just won the Copenhagen prize. 🏆",
		},
	},
	"customer": {
		author: "oliver", outlets: []string{"oliver", "house"},
		words: words{
			language: "en", disclosure: advocacy.DisclosureEmployee,
			text: "400 chairs delivered to the new wing of Northgate hospital today. Proud of everybody who stayed late for it.",
		},
	},
	"rate": {
		author: "helene", outlets: []string{"helene", "house"}, ahead: 2, hour: 9,
		note: "Les chiffres sont ceux du rapport annuel, page 14.",
		words: words{
			language: "fr", disclosure: advocacy.DisclosureEmployee, link: "https://alder.example/report", picture: "bars", alt: "Quatre barres de hauteurs différentes, la dernière étant la plus haute.",
			text: "Pourquoi publions-nous notre taux de réparation ? Parce qu’une chaise qui revient à l’atelier n’est pas un échec : c’est une chaise que quelqu’un a voulu garder.\n\nCette année : 3,6 %.",
		},
	},
	"robot": {
		author: "oliver", outlets: []string{"oliver"},
		words: words{
			language: "en", disclosure: advocacy.DisclosureEmployee, picture: "joint", alt: "Two pieces of wood that fit into each other, seen from the side.",
			text: "One year with the robot arm: it sands, we look. Nobody lost a job, everybody lost a cough.\n\nWhat I would do differently: ask the sanders first, not last.",
		},
	},
	"visit": {
		author: "camille", outlets: []string{"camille"},
		words: words{
			language: "fr", disclosure: advocacy.DisclosureEmployee,
			link: "https://alder.example/visites?utm_source=intranet&utm_campaign=visites",
			text: "Le premier jeudi du mois, on ouvre l’atelier de Lyon aux voisins. Venez avec une question, repartez avec un copeau.",
		},
	},
	"date": {
		author: "camille", outlets: []string{"camille"},
		words: words{
			language: "fr", disclosure: advocacy.DisclosureEmployee, picture: "fabric", alt: "Des bandes de tissu croisées, ocre et bleu.",
			text: "Jeudi soir, cours de tapisserie à l’atelier : on refait une assise, on boit un thé, on rentre avec.",
		},
	},
	"reopening": {
		author: "ines", outlets: []string{"house"},
		words: words{
			language: "en", picture: "windows", alt: "A row of tall windows with warm light inside.",
			text: "The Leeds showroom opens again on Monday. Come and sit down.",
		},
	},
	"vacancy": {
		author: founder, outlets: []string{"house"}, byKey: true,
		note: "Sent by the vacancies form of the intranet.",
		words: words{
			language: "en", link: "https://alder.example/jobs/finisher",
			text: "We are looking for a finisher in Lyon: oils, waxes, patience. Starts in January.",
		},
	},
	"adapt-repair": {
		author: "camille", outlets: []string{"camille"}, item: "repair",
		words: words{
			language: "fr", link: "https://alder.example/reparer", picture: "joint", alt: "Deux pièces de bois qui s’emboîtent, vues de côté.",
			text: "Une chaise Alder se répare. Envoyez-nous une photo : nous répondons sous trois jours avec un vrai prix, et la pièce revient chez vous en un mois.\n\nL’an dernier, 1 140 chaises ont repris le chemin de la table.",
		},
	},
	"adapt-upholsterer": {
		author: "helene", outlets: []string{"helene"}, item: "upholsterer",
		words: words{
			language: "fr", link: "https://alder.example/emplois/tapisserie", picture: "fabric", alt: "Des bandes de tissu croisées, ocre et bleu.",
			text: "Nous cherchons une tapissière ou un tapissier pour l’atelier de Lyon. Temps plein, semaine de quatre jours possible, et de la lumière du nord toute la journée.\n\nÉcrivez à Camille : elle vous fera visiter.",
		},
	},
	"share-linden":      {author: "oliver", outlets: []string{"oliver"}, item: "linden", words: words{language: "en"}},
	"share-repair":      {author: "camille", outlets: []string{"camille"}, item: "repair", words: words{language: "fr"}},
	"share-waste":       {author: "helene", outlets: []string{"helene"}, item: "waste", words: words{language: "fr"}},
	"share-apprentices": {author: "oliver", outlets: []string{"oliver"}, item: "apprentices", words: words{language: "en"}, ahead: 1, hour: 8},
}

// proposals are what colleagues propose for the library; note is why.
var proposals = map[string]item{
	"canteen": {
		title: "Thursday is soup day", topic: "company", note: "Everybody asks me for the recipe.",
		words: words{language: "en", text: "Thursday is soup day in the Leeds canteen. Today: parsnip, apple, and far too much pepper."},
	},
	"steam": {
		title: "L’étuve repart", topic: "craft", note: "Trois clients me l’ont demandé cette semaine.",
		words: words{
			language: "fr", link: "https://alder.example/atelier",
			text: "L’étuve est repartie ce matin. Vingt minutes à cent degrés, et un frêne droit devient un dossier : venez voir, le premier jeudi du mois.",
		},
	},
}

// drafts are the posts left ready to submit: the first for curl, the second for grpcurl.
// mark is what to look for on the wall afterwards.
var drafts = [2]struct {
	post
	id   string
	mark string
}{
	{
		id: "7c1d6b52-0c5e-4a8e-9f0a-3d7d3f6d2a01", mark: "the smell of ash in the morning",
		post: post{
			author: "oliver", outlets: []string{"oliver"}, note: "Prepared for you: submit it, have it signed, see it on the wall.",
			words: words{
				language: "en", picture: "windows", alt: "A row of tall workshop windows in the first light.",
				text: "Five years at Alder today. What I still like best is the smell of ash in the morning, before the machines start.",
			},
		},
	},
	{
		id: "7c1d6b52-0c5e-4a8e-9f0a-3d7d3f6d2a02", mark: "une chaise de 1964",
		post: post{
			author: "camille", outlets: []string{"camille"}, note: "Prêt pour vous : soumettez, faites signer, regardez le mur.",
			words: words{
				language: "fr", disclosure: advocacy.DisclosureEmployee, picture: "chair", alt: "Une chaise de bois courbé, de profil, sur un fond chaud.",
				text: "Ce matin, une chaise de 1964 est revenue à l’atelier. Le même tenon, la même colle, et au dos le nom de mon arrière-grand-oncle.",
			},
		},
	},
}
