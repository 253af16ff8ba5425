# SPDX-License-Identifier: Apache-2.0
#
# IntrospectScopeSyntax: where scopes stand in a token, and what they cover.
use strict;
use warnings;
use Test::More;
use AS;
use Httpd;

my $as = AS->new;
my %scopes = (plain => {scope => 'files.read mail'}, comma => {scope => 'files.read, mail,odd one'}, scp => {scp => 'files.read mail'},
    array => {scp => ['files.read', 'mail box']}, both => {scp => 'x', scope => 'files.read'}, root => {scope => 'files'}, star => {scope => 'files.*'},
    deep => {scope => 'a.*.c'}, all => {scope => '*'}, colon => {scope => 'files'}, none => {sub => 'a'}, number => {scope => 5});
$as->token("$_-token-1" => $scopes{$_}) for keys %scopes;

# The directive, the token, what is required, and whether that is met.
my @cases = (
    ['', 'plain', 'files.read', 1], ['', 'plain', 'files', 0], ['', 'root', 'files.read', 0], ['', 'comma', 'mail', 0], ['', 'scp', 'mail', 0],
    ['separator=comma', 'comma', 'files.read', 1], ['separator=comma', 'comma', 'files.read mail', 1], ['separator=comma', 'comma', 'odd', 0],
    ['separator=comma', 'plain', 'mail', 0],
    ['claim=scp', 'scp', 'mail', 1], ['claim=scp', 'array', 'files.read', 1], ['claim=scp', 'array', 'mail', 0], ['claim=scp', 'plain', 'mail', 0],
    ['claim=scp claim=scope', 'plain', 'mail', 1], ['claim=scp claim=scope', 'both', 'files.read', 0], ['claim=scp', 'none', 'mail', 0],
    ['match=exact', 'root', 'files.read', 0],
    ['match=hierarchical', 'root', 'files.read', 1], ['match=hierarchical', 'root', 'files.read.all', 1], ['match=hierarchical', 'root', 'filesystem', 0],
    ['match=hierarchical', 'root', 'files.', 0], ['match=hierarchical', 'plain', 'files', 0], ['match=hierarchical', 'star', 'files.read', 0],
    ['match=hierarchical levels=:', 'colon', 'files:read', 1], ['match=hierarchical levels=:', 'colon', 'files.read', 0],
    ['match=wildcard', 'star', 'files.read', 1], ['match=wildcard', 'star', 'files.read.all', 1], ['match=wildcard', 'star', 'files', 0],
    ['match=wildcard', 'star', 'files.', 0], ['match=wildcard', 'star', 'filesystem.read', 0], ['match=wildcard', 'star', 'files.*', 1],
    ['match=wildcard', 'deep', 'a.b.c', 1], ['match=wildcard', 'deep', 'a.b.b.c', 0], ['match=wildcard', 'deep', 'a.c', 0], ['match=wildcard', 'deep', 'a..c', 0],
    ['match=wildcard', 'all', 'anything.at.all', 1], ['match=wildcard', 'root', 'files.read', 0], ['match=wildcard', 'number', 'files', 0],
);
my ($config, $i) = ($as->config, 0);
for my $case (@cases) {
    my $syntax = $case->[0] eq '' ? '' : "IntrospectScopeSyntax $case->[0]";
    $config .= "Alias /l$i %DIR%/htdocs/index.html\n<Location /l$i>\nAuthType Introspect\n$syntax\nRequire scope $case->[2]\n</Location>\n";
    $i++;
}
$config .= <<'END';
Alias /claim %DIR%/htdocs/index.html
<Location /claim>
    AuthType Introspect
    IntrospectScopeSyntax match=hierarchical
    Require claim scope:files.read
</Location>
Alias /not %DIR%/htdocs/index.html
<Location /not>
    AuthType Introspect
    IntrospectScopeSyntax match=hierarchical
    <RequireAll>
        Require valid-user
        Require not scope files.delete
    </RequireAll>
</Location>
END
my $httpd = Httpd->new(config => $config);
$i = 0;
for my $case (@cases) {
    my ($syntax, $token, $wanted, $met) = @$case;
    my $answer = $httpd->get_token('/l' . $i++, "$token-token-1");
    is($answer->{status}, $met ? 200 : 403, "'$syntax', a token of '$token', Require scope $wanted");
    like($answer->header('WWW-Authenticate'), qr/ scope="\Q$wanted\E"/, 'the challenge names the plain scope') if !$met;
}
is($httpd->get_token('/claim', 'root-token-1')->{status}, 403, 'Require claim scope:... is about the claim as it is');
is($httpd->get_token('/not', 'root-token-1')->{status}, 403, 'Require not scope: covered is not allowed');
is($httpd->get_token('/not', 'plain-token-1')->{status}, 200, 'and not covered is');

for my $wrong (['', qr/write claim=NAME/], ['match=prefix', qr/write claim=NAME/], ['levels=a', qr/characters that separate/], ['levels=', qr/characters that separate/],
    ['claim=', qr/name of the claim is missing/], ['claim=a:b', qr/write claim=NAME/]) {
    my $said = Httpd->refusal(config => $as->config . "<Location />\nAuthType Introspect\nIntrospectScopeSyntax $wrong->[0]\nRequire scope a\n</Location>\n");
    like($said // 'it started', $wrong->[1], "IntrospectScopeSyntax $wrong->[0] stops the start");
}
done_testing;
