#!/bin/sh
# What a CGI program sees of a request.
printf 'Content-Type: text/plain\r\n\r\n'
env | grep -E '^(REMOTE_USER|AUTH_TYPE|INTROSPECT_)' | sort
