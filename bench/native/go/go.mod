module sigbridge/bench

go 1.20
