package web

var queueRoutes = []route{}
