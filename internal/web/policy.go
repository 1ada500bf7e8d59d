package web

var policyRoutes = []route{}
