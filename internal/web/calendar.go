package web

var calendarRoutes = []route{}
