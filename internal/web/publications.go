package web

var publicationRoutes = []route{}
