# SPDX-License-Identifier: Apache-2.0
#
# Both ways against npm's jose: what it signs and encrypts, we open; what we
# sign, it verifies.
use strict;
use warnings;
use Test::More;
use IPC::Open2 qw(open2);
use JSON::PP;
use Httpd;
use Node;

my $peer = Node->new('jose', 'peer.js');
my $build = $ENV{T_BUILD} || "$Httpd::root/build/normal";
my $pid = open2(my $from, my $to, "$build/t/core/jose/peer_jose");
END { if ($pid) { local $?; close $to; waitpid $pid, 0 } }

my $json = JSON::PP->new->utf8->canonical;

# The room's answer: its first word, and the rest.
sub ours {
    my (@words) = @_;
    print $to join("\t", @words), "\n";
    $to->flush;
    my $line = readline($from) // die 'peer_jose is gone';
    chomp $line;
    return $line =~ /^(\S+) (.*)$/;
}

sub bytes { my ($text) = @_; utf8::encode($text); return $text }

for my $alg (qw(HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA)) {
    subtest $alg => sub {
        my $made = $peer->tell(make => $alg);
        is($made->{error}, undef, 'a key and a signature are made');
        my $jwks = $json->encode($made->{jwks});
        my $jwk = $json->encode({%{$made->{jwk}}, kid => 'k1'});
        is_deeply([ours('verify', $alg, $jwks, $made->{jws})], ['done', bytes($made->{payload})], 'theirs is good');
        my $other = $alg eq 'ES256' ? 'ES384' : 'ES256';
        is((ours('verify', $other, $jwks, $made->{jws}))[0], 'refused', 'only where it is allowed');
        (my $changed = $made->{jws}) =~ s/\.(.)/'.' . ($1 eq 'A' ? 'B' : 'A')/e;
        isnt((ours('verify', $alg, $jwks, $changed))[0], 'done', 'and not with another payload');

        my ($word, $jws) = ours('sign', $alg, $jwk, $made->{payload} =~ s/[^ -~]/?/gr);
        is($word, 'done', 'we sign');
        my $found = $peer->tell(verify => $jws, jwks => $made->{jwks});
        is($found->{error}, undef, 'ours is good there');
        is($found->{header}{kid}, 'k1', 'with the kid');
        is((ours('thumbprint', $jwk))[1], $alg =~ /^HS/ ? '' : $made->{thumbprint}, 'the thumbprint is the same');
        my (undef, $open) = ours('public', $jwk);
        if ($alg =~ /^HS/) { is($open, '{"keys":[]}', 'nothing is published') }
        else {
            $found = $peer->tell(verify => $jws, jwks => $json->decode($open));
            is($found->{error}, undef, 'with the key set that we publish too');
        }
    };
}

for my $kind (['RSA-OAEP'], ['RSA-OAEP-256'], map { ['ECDH-ES', $_] } qw(P-256 P-384 P-521 X25519)) {
    for my $enc (qw(A128GCM A256GCM A128CBC-HS256 A256CBC-HS512)) {
        my ($alg, $crv) = @$kind;
        subtest join(' ', @$kind, $enc) => sub {
            for my $party ([], $alg eq 'ECDH-ES' ? ['Alice', 'Bob'] : ()) {
                my $made = $peer->tell(make => $alg, enc => $enc, crv => $crv,
                    @$party ? (apu => $party->[0], apv => $party->[1]) : ());
                is($made->{error}, undef, 'a key is made, and something encrypted for it');
                my $jwk = $json->encode($made->{jwk});
                is_deeply([ours('decrypt', "$alg,$enc", $jwk, $made->{jwe})],
                    ['done', bytes($made->{payload})], 'we decrypt it');
                for my $part (2 .. 4) {
                    my @parts = split /\./, $made->{jwe};
                    $parts[$part] =~ s/^(.)/$1 eq 'A' ? 'B' : 'A'/e;
                    is_deeply([ours('decrypt', "$alg,$enc", $jwk, join '.', @parts)],
                        ['refused', 'it cannot be decrypted'], "but not when part $part was changed");
                }
                is((ours('decrypt', $alg, $jwk, $made->{jwe}))[0], 'refused', 'nor where the enc is not allowed');
            }
        };
    }
}
done_testing;
