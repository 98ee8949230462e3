module sigbridge.example/addon
go 1.20
