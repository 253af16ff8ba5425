#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Print a TCP port of loopback that is free now.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Port;

print Port::take(), "\n";
