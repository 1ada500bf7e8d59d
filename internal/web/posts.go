package web

var postRoutes = []route{}
