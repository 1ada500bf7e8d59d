package web

var holdRoutes = []route{}
