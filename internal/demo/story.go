package demo

import "github.com/imprimatur-hq/imprimatur/internal/advocacy"

// step is one thing somebody does, some working days ago at a time of the company's day.
type step struct {
	day int
	at  string
	who string
	do  deed
}

// worker is who carries out publications; nobody signs in as it.
const worker = "the worker"

// story is what happened at Maison Alder in the past three weeks, in order.
var story = []step{
	{-15, "08:30", "oliver", declare(advocacy.DisclosureEmployee)},
	{-15, "08:40", "ines", shelve},
	{-15, "09:10", "ines", write("linden")},
	{-15, "09:25", "ines", submit("linden")},
	{-15, "10:05", "ines", write("repair")},
	{-15, "10:10", "ines", submit("repair")},
	{-15, "11:15", "priya", approve("linden")},
	{-15, "11:20", "priya", approve("repair")},
	{-15, "14:00", "marguerite", approve("linden")},
	{-15, "14:04", "marguerite", approve("repair")},

	{-14, "09:00", "ines", write("oil")},
	{-14, "09:05", "ines", submit("oil")},
	{-14, "09:40", "ines", write("upholsterer")},
	{-14, "09:42", "ines", submit("upholsterer")},
	{-14, "10:30", "etienne", approve("oil")},
	{-14, "10:33", "etienne", approve("upholsterer")},
	{-14, "11:45", "marguerite", approve("upholsterer")},
	{-14, "11:50", "marguerite", approve("oil")},
	{-14, "16:20", "oliver", share("share-linden")},
	{-14, "16:50", "marguerite", approve("share-linden")},
	{-14, "16:51", worker, deliver},

	{-12, "09:15", "ines", write("openday")},
	{-12, "09:20", "ines", submit("openday")},
	{-12, "09:50", "ines", write("marl")},
	{-12, "09:55", "ines", submit("marl")},
	{-12, "11:00", "priya", approve("openday")},
	{-12, "11:06", "priya", approve("marl")},
	{-12, "13:30", "marguerite", approve("marl")},
	{-12, "13:34", "marguerite", approve("openday")},
	{-12, "17:05", "camille", share("share-repair")},
	{-12, "17:06", worker, deliver},

	{-10, "08:50", "oliver", write("lathe")},
	{-10, "08:55", "oliver", submit("lathe")},
	{-10, "10:20", "marguerite", approve("lathe")},
	{-10, "11:40", "priya", approve("lathe")},
	{-10, "11:41", worker, deliver},
	{-10, "14:10", "ines", write("waste")},
	{-10, "14:20", "ines", submit("waste")},
	{-10, "15:30", "etienne", approve("waste")},
	{-10, "16:00", "marguerite", approve("waste")},

	{-9, "09:05", "camille", write("bench")},
	{-9, "09:08", "camille", submit("bench")},
	{-9, "09:45", "etienne", approve("bench")},
	{-9, "11:10", "marguerite", ask("bench", "« Les meilleurs outils du monde » ne se prouve pas. Dites plutôt ce que vous aimez dans les vôtres.")},
	{-9, "12:30", "camille", rewrite("bench")},
	{-9, "12:32", "camille", submit("bench")},
	{-9, "14:15", "etienne", approve("bench")},
	{-9, "14:40", "marguerite", approve("bench")},
	{-9, "14:41", worker, deliver},

	{-8, "09:30", "ines", write("apprentices")},
	{-8, "09:36", "ines", submit("apprentices")},
	{-8, "10:10", "ines", write("machinist")},
	{-8, "10:12", "ines", submit("machinist")},
	{-8, "11:30", "etienne", approve("apprentices")},
	{-8, "11:34", "etienne", approve("machinist")},
	{-8, "14:05", "marguerite", approve("machinist")},
	{-8, "14:11", "marguerite", approve("apprentices")},
	{-8, "17:40", "ines", withdraw("marl", "The supplier found a fault in the dye. Nothing about Marl goes out until it is replaced.")},

	{-7, "09:20", "ines", write("reopening")},
	{-7, "09:22", "ines", submit("reopening")},
	{-7, "10:00", "priya", approve("reopening")},
	{-7, "10:15", "marguerite", approve("reopening")},
	{-7, "10:16", worker, deliver},
	{-7, "15:50", "ines", recall("reopening", "The painters need another week; the post names the old day.")},
	{-7, "15:51", worker, takeBack("reopening")},

	{-6, "09:00", "ines", write("results")},
	{-6, "09:08", "ines", submit("results")},
	{-6, "10:05", "marguerite", freeze("A pipe burst in the Leeds workshop. Nothing goes out until we know that everybody is well.")},
	{-6, "10:50", "marguerite", lift("Everybody is well and the water is off. Publishing goes on.")},
	{-6, "11:20", "priya", approve("results")},
	{-6, "11:30", "marguerite", approve("results")},
	{-6, "12:40", "oliver", propose("canteen")},
	{-6, "14:30", "helene", share("share-waste")},
	{-6, "14:31", worker, deliver},

	{-5, "09:40", "oliver", write("customer")},
	{-5, "09:41", "oliver", submit("customer")},
	{-5, "09:55", "ines", decline("canteen", "It made us hungry. It is for us, though, not for those who buy chairs: put it on the board in the canteen?")},
	{-5, "10:25", "priya", reject("customer", "The contract keeps this customer confidential until the opening. It cannot go out in any words before then.")},
	{-5, "11:00", "ines", write("fair")},
	{-5, "11:06", "ines", submit("fair")},
	{-5, "14:00", "etienne", approve("fair")},
	{-5, "14:20", "marguerite", approve("fair")},
	{-5, "16:10", "camille", write("date")},
	{-5, "16:12", "camille", submit("date")},

	{-4, "08:45", "camille", withdraw("date", "La date a changé. J’en écrirai une autre.")},
	{-4, "09:30", "ines", write("tokyo")},
	{-4, "09:34", "ines", submit("tokyo")},
	{-4, "10:40", "priya", approve("tokyo")},
	{-4, "11:15", "marguerite", approve("tokyo")},
	{-4, "11:16", worker, deliver},

	{-3, "09:10", "helene", write("rate")},
	{-3, "09:15", "helene", submit("rate")},
	{-3, "10:30", "etienne", approve("rate")},
	{-3, "11:05", "marguerite", approve("rate")},
	{-3, "14:00", "ines", write("school")},
	{-3, "14:10", "ines", submit("school")},
	{-3, "16:30", "priya", ask("school", "We pay the school, so this is a paid partnership. Choose that disclosure, then I can sign.")},

	{-2, "09:00", "oliver", share("share-apprentices")},
	{-2, "09:25", "marguerite", approve("share-apprentices")},
	{-2, "09:50", "oliver", write("award")},
	{-2, "09:52", "oliver", submit("award")},
	{-2, "11:20", "marguerite", ask("award", "“The best in Europe” is not what the jury said. Quote the jury, or leave it out.")},
	{-2, "14:20", "ines", write("showroom")},
	{-2, "14:30", "ines", submit("showroom")},
	{-2, "15:10", "camille", write("visit")},
	{-2, "16:00", "ines", write("casablanca")},
	{-2, "16:06", "ines", submit("casablanca")},

	{-1, "09:30", "priya", approve("showroom")},
	{-1, "10:15", "etienne", approve("casablanca")},
	{-1, "11:40", "ines", rewrite("oil")},
	{-1, "11:44", "ines", submit("oil")},
	{-1, "14:25", founder, write("vacancy")},
	{-1, "14:26", founder, submit("vacancy")},
	{-1, "15:30", "ines", write("winter")},
	{-1, "15:50", "camille", write("adapt-repair")},
	{-1, "15:52", "camille", submit("adapt-repair")},
	{-1, "16:05", "camille", propose("steam")},
	{-1, "16:10", "helene", write("adapt-upholsterer")},
	{-1, "16:12", "helene", submit("adapt-upholsterer")},
	{-1, "16:40", "oliver", write("robot")},
	{-1, "16:44", "oliver", submit("robot")},
}
