#!/bin/bash
echo '${{ Stage }}' >/etc/stage
