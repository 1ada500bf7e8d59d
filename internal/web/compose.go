package web

var composeRoutes = []route{}
