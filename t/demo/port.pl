#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Print a TCP port of loopback that is free now.
use strict;
use warnings;
use IO::Socket::INET;

my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)
    or die "no port: $!\n";
print $socket->sockport, "\n";
