package web

var auditRoutes = []route{}
