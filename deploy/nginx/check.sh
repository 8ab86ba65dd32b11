#!/bin/sh
# `nginx -t` on our configuration, with a throwaway certificate and no real names.
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder/certs" "$folder/cache"
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=luxebrain.example \
    -keyout "$folder/certs/privkey.pem" -out "$folder/certs/fullchain.pem" 2>/dev/null
sed -e "s|/etc/nginx/certs|$folder/certs|" \
    -e "s|/var/cache/nginx|$folder/cache|" \
    -e "s|/etc/nginx/proxy.conf|$PWD/proxy.conf|" \
    -e "s|server web:8000|server 127.0.0.1:8000|" \
    -e "s|/tmp/nginx.pid|$folder/nginx.pid|" nginx.conf >"$folder/nginx.conf"
nginx -t -q -c "$folder/nginx.conf"
