#!/bin/sh
# Certificates for a cluster of session-deid: a certificate authority of its own and one certificate that
# scheduler, workers and the computer that calls `session-deid run` share. docs/cluster.md tells about it.
#     sh make-cluster-certificates.sh FOLDER
set -eu
umask 077
mkdir -p "$1"
cd "$1"
openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=session-deid cluster authority" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout ca.key -out ca.pem
openssl req -newkey rsa:3072 -nodes -subj "/CN=session-deid cluster" -keyout node.key -out node.csr
openssl x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out node.pem
rm node.csr
# The authority's own key is needed only to make more certificates: move it off the cluster.
