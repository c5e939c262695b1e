#!/bin/bash
set -eu
echo started >/var/log/started
