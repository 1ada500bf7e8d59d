package web

var accountRoutes = []route{}
