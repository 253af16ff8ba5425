#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# A small authorization server for the demonstration: POST /introspect
# (RFC 7662) and GET /jwks, on loopback, one request at a time.
#
#   as.pl PORT TOKENS    TOKENS is a file of lines "token<TAB>JSON claims"; it
#                        is read for each request, so taking a line out
#                        revokes a token.
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $tokens) = @ARGV;
my $expected = 'Basic ' . 'ZGVtbzpkZW1vLXNlY3JldA==';    # demo:demo-secret

my $listener = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64,
    ReuseAddr => 1, Proto => 'tcp') or die "as.pl: port $port: $!\n";
$SIG{TERM} = sub { exit 0 };
$SIG{CHLD} = 'IGNORE';
while (1) {
    my $client = $listener->accept or next;
    if (!fork) {
        serve($client);
        exit 0;
    }
    close $client;
}

sub serve {
    my ($client) = @_;

    while (defined(my $line = <$client>)) {
        my ($method, $path) = $line =~ m{^(\S+) (\S+)} or return;
        my %header;
        while (defined($line = <$client>) && $line =~ /^([^:]+):\s*(.*?)\r?\n/) {
            $header{lc $1} = $2;
        }
        my $body = '';
        read $client, $body, $header{'content-length'} || 0;
        respond($client, answer($method, $path, \%header, $body));
        return;
    }
}

sub answer {
    my ($method, $path, $header, $body) = @_;

    return (200, '{"keys":[]}') if $method eq 'GET' && $path eq '/jwks';
    return (404, '{}') if $method ne 'POST' || $path ne '/introspect';
    return (401, '{"error":"invalid_client"}')
        if ($header->{authorization} || '') ne $expected;
    my ($token) = $body =~ /(?:^|&)token=([^&]*)/;
    $token = '' if !defined $token;
    $token =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    open my $file, '<', $tokens or return (500, '{}');
    while (<$file>) {
        chomp;
        my ($known, $claims) = split /\t/, $_, 2;
        return (200, $claims) if $known eq $token;
    }
    return (200, '{"active":false}');
}

sub respond {
    my ($client, $status, $json) = @_;

    print $client "HTTP/1.1 $status Answer\r\nContent-Type: application/json\r\n",
        'Content-Length: ', length $json, "\r\n\r\n$json";
    $client->flush;
}
