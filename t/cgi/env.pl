#!/usr/bin/perl
# Print the environment as JSON.
use JSON::PP;
print "Content-Type: application/json\r\n\r\n", JSON::PP->new->canonical->ascii->encode({%ENV});
