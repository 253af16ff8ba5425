# SPDX-License-Identifier: Apache-2.0
#
# What the guides for administrators have to cover: each subject, each directive
# that they name, each cause of a refusal.
use strict;
use warnings;
use File::Basename qw(basename);
use Test::More;

sub slurp { my ($name) = @_; open my $in, '<', $name or die "$name: $!"; local $/; return scalar <$in> }

# The text below a heading, to the next of any level.
sub section { my ($text, $title) = @_; return $text =~ /^#+ \Q$title\E\n(.*?)(?=^#|\z)/ms ? $1 : '' }

my $directives = join "\n", map { slurp($_) } 'src/httpd/directives/directives.c';
my %known = map { $_ => 1 } $directives =~ /"(Introspect\w+)"/g;
cmp_ok(scalar keys %known, '>', 60, 'there are directives');
my $status = slurp('src/httpd/process/status.c');    # mod_status's names begin the same way

subtest 'operations' => sub {
    my $guide = slurp('docs/operations.md');
    my %subjects = (
        'How much room' => [qr/bytes in the table/, qr/\d{2,3},\d{3}/],
        'SELinux, AppArmor, systemd' => [qr/httpd_can_network_connect/, qr/AppArmor: /, qr/ProtectSystem=/, qr/RestrictAddressFamilies=/, qr/LoadCredential=/],
        'Containers' => [qr/shm/, qr{/run/secrets}, qr/read-only/],
        'Logs' => [qr/logrotate/, qr/IntrospectLogClaims/],
        'Upgrade and removal' => [qr/\.conf\.new/, qr/empty table/, qr/a2dismod/],
        'Install elsewhere' => [qr/APXS=/, qr/APR_CONFIG/, qr/LDFLAGS/],
        'TLS to the store' => [qr/stunnel/],
        'Access log' => [qr/\^IN/, qr/personal data/],
    );
    for my $title (sort keys %subjects) {
        my $text = section($guide, $title);
        like($text, $_, "$title: $_") for @{$subjects{$title}};
    }
    like($guide, qr/graceful/, 'what a reload keeps');
};

subtest 'servers' => sub {
    my $guide = slurp('docs/servers.md');
    my $none = section($guide, 'Does yours speak RFC 7662?');
    like($none, qr/^\| [^|]*\Q$_\E[^|]* \|/m, "$_ has no introspection") for 'Entra ID', 'Auth0', 'Cognito', 'GitHub';
    my @tables = $guide =~ /^(\| server \| example \|.*)$/mg;
    is(scalar @tables, 2, 'two tables, of what was tried and what was not');
    for my $table (@tables) {
        like($table, qr/\b$_\b/i, "a column: $_") for qw(method REMOTE_USER aud refresh notes);
    }
    my @examples = map { basename($_) } glob 'conf-examples/server-*.conf';
    cmp_ok(scalar @examples, '>=', 10, 'there are examples');
    like($guide, qr/^\| [^|\n]+ \| [^|\n]*\Q$_\E/m, "$_ has a row") for @examples;
};

subtest 'migrating' => sub {
    my $guide = slurp('docs/migrating.md');
    for my $from (['From mod_auth_openidc\'s resource server', qr/OIDC\w+/, 40], ['From mod_oauth2', qr/OAuth2\w+/, 5]) {
        my ($title, $theirs, $least) = @$from;
        my @rows = section($guide, $title) =~ /^(\| .* \|)$/mg;
        my %named = map { $_ => 1 } join("\n", @rows) =~ /$theirs/g;
        cmp_ok(scalar keys %named, '>=', $least, "$title: directive by directive");
        is((grep { !/ \| \S.* \|$/ } @rows)[0], undef, 'each has a counterpart, or is said to have none');
        cmp_ok(scalar(grep {/\| none/} @rows), '>=', 2, 'what has none is said');
    }
};

subtest 'troubleshooting' => sub {
    my $guide = slurp('docs/troubleshooting.md');
    my $head = slurp('src/core/base/messages.h');
    my %covered;
    for ($guide =~ /(MAI\d{4}(?: to MAI\d{4})?)/g) {
        my ($from, $to) = /MAI(\d{4})(?: to MAI(\d{4}))?/;
        $covered{$_ + 0} = 1 for $from .. $to // $from;
    }
    my %harmless = map { $_ => 1 } 33, 34, 60, 61, 64;    # no request is refused by these
    my %later = map { $_ => 1 } 116 .. 119, 135;
    my @refusals = grep { ($_ >= 20 && $_ <= 67 && !$harmless{$_}) || $later{$_} } map { $_ + 0 } $head =~ /TI_MSG_\w+ = (\d+)/g;
    cmp_ok(scalar @refusals, '>', 30, 'there are causes of refusals');
    ok($covered{$_}, sprintf 'MAI%04d: from the log line to the cure', $_) for @refusals;
    like(section($guide, 'Is it the authorization server?'), qr/curl .*introspect.*\n.*token=/, 'the curl line against the server');
};

subtest 'every directive that a guide names exists' => sub {
    for my $file (glob('docs/*.md'), 'README.md', glob('conf-examples/*.conf')) {
        my %named = map { $_ => 1 } slurp($file) =~ /\b(Introspect[A-Z]\w+)/g;
        my @unknown = grep { !$known{$_} && $status !~ /"\Q@{[ s{^Introspect}{}r ]}\E"/ } sort keys %named;
        is("@unknown", '', $file);
    }
};
done_testing;
