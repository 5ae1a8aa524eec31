#!/bin/sh
# R cannot move its own descriptors: only frames go to the real stdout (3), only the job comes from the real stdin (4). What a
# program prints, in R or below it, is print; a program that reads finds the end.
exec 3>&1 1>&2 4<&0 0</dev/null
exec R --vanilla --no-echo --file=/opt/stimnet/serve.R --args "$1"
