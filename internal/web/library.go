package web

var libraryRoutes = []route{}
