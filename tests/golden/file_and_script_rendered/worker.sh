#!/bin/bash
# The worker asks the web server for work.
server=${{ instances.web.private_ip }} workers=${{ variables.workers }}
for ((i = 0; i < workers; i++)); do
  curl --silent "http://${server}/work?stage=${{ Stage }}" &
done
wait
