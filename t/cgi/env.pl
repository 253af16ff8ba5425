#!/usr/bin/perl
# Read the body, and print the environment as JSON.
use JSON::PP;
if ($ENV{CONTENT_LENGTH}) { 1 while read STDIN, my $body, 65536 }
print "Content-Type: application/json\r\n\r\n", JSON::PP->new->canonical->ascii->encode({%ENV});
