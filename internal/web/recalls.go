package web

var recallRoutes = []route{}
