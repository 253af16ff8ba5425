# SPDX-License-Identifier: Apache-2.0
#
# Keys of an authorization server, made by openssl, and JWTs signed with them.
#
#   my $signer = Signer->new(qw(one two));    RSA keys with these names
#   $signer->jwk('one')                       the public key as a JWK
#   $signer->set('one', 'two')                a key set, as JSON
#   $signer->pem('one')                       the public key as PEM
#   $signer->by('one', 'sha512')              a sub that signs; default: sha256
#   Signer::jws({alg => ..}, $payload, $sub)  a JWS with any header and payload
#   Signer::logout($as, %change)              the claims of a logout token, as JSON
package Signer;
use strict;
use warnings;
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(encode_base64url);
use Httpd;

my $json = JSON::PP->new->canonical;

sub new {
    my ($class, @names) = @_;
    my $self = bless {dir => tempdir('introspect-keys-XXXXXX', TMPDIR => 1, CLEANUP => 1)}, $class;
    $self->make($_) for @names;
    return $self;
}

sub make {
    my ($self, $name) = @_;
    my $stem = "$self->{dir}/$name";
    system("openssl genrsa -out $stem.pem 2048 2>/dev/null; openssl rsa -in $stem.pem -pubout -out $stem.pub 2>/dev/null") == 0 or die;
    my ($modulus) = `openssl rsa -in $stem.pem -noout -modulus` =~ /=([0-9A-F]+)/;
    $self->{jwk}{$name} = {kty => 'RSA', use => 'sig', kid => $name, alg => 'RS256', n => encode_base64url(pack 'H*', $modulus), e => 'AQAB'};
    return;
}

sub jwk { my ($self, $name) = @_; return $self->{jwk}{$name} }
sub set { my ($self, @names) = @_; return $json->encode({keys => [@{$self->{jwk}}{@names}]}) }
sub pem { my ($self, $name) = @_; local (@ARGV, $/) = "$self->{dir}/$name.pub"; return scalar <> }

sub by {
    my ($self, $name, $hash) = @_;
    my $input = "$self->{dir}/input";
    return sub {
        open my $out, '>', $input or die;
        print $out $_[0];
        close $out;
        return scalar `openssl dgst -@{[$hash || 'sha256']} -sign $self->{dir}/$name.pem $input`;
    };
}

# A claim that is undef in %change is left out.
my $count = 0;
sub logout {
    my ($as, %change) = @_;
    my %claims = (iss => $as->base, aud => 'web', iat => time, exp => time + 120, jti => "jti-$$-" . ++$count, sub => 'alice', sid => 'session-a',
        events => {'http://schemas.openid.net/event/backchannel-logout' => {}}, %change);
    delete $claims{$_} for grep { !defined $claims{$_} } keys %claims;
    return $json->encode(\%claims);
}

sub jws {
    my ($header, $payload, $sign) = @_;
    my $input = join '.', map { encode_base64url($_) } $json->encode($header), $payload;
    return Httpd::secret("$input." . encode_base64url($sign->($input)));
}

1;
