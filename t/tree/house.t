# SPDX-License-Identifier: Apache-2.0
#
# The rules of the house. A check that finds nothing to check fails.
use strict;
use warnings;
use Test::More;

sub slurp { my ($name) = @_; open my $in, '<', $name or die "$name: $!"; local $/; return scalar <$in> }
my @core = glob 'src/core/*.[ch]';
my @glue = (glob('src/httpd/*.[ch]'), 'mod_auth_introspect.c');
cmp_ok(scalar @core, '>', 40, 'there is a core');
cmp_ok(scalar @glue, '>', 20, 'and glue');

# layers
for my $file (@core) {
    my $text = slurp($file);
    unlike($text, qr/#include [<"](?:httpd|http_|ap_|mod_|util_)|request_rec|\bmai_\w+\(/, "$file knows nothing of httpd");
}
my %only = (curl => qr{/(?:call|network|trouble)\.}, jansson => qr{/(?:compile|json)\.}, openssl => qr{/(?:key|seal)\.}, 'linux/futex' => qr{/wait\.});
for my $library (sort keys %only) {
    my @users = grep { slurp($_) =~ /#include <\Q$library\E[.\/]/ } @core, @glue;
    ok(@users > 0, "$library is used");
    is(join(' ', grep { $_ !~ $only{$library} } @users), '', "$library is known where it belongs only");
}

# no circle among the core's headers, and each compiles alone
my %includes;
for my $header (grep {/\.h$/} @core) {
    my ($name) = $header =~ m{([^/]+)$};
    $includes{$name} = [slurp($header) =~ /#include "([^"]+)"/g];
}
sub reaches {
    my ($from, $to, $seen) = @_;
    return 0 if $seen->{$from}++;
    return scalar grep { $_ eq $to || reaches($_, $to, $seen) } @{$includes{$from} || []};
}
is(join(' ', grep { reaches($_, $_, {}) } sort keys %includes), '', 'no header includes itself by way of others');
my $flags = `apr-1-config --cppflags --includes`;
$flags =~ s/\s+/ /g;
for my $header (grep {/\.h$/} @core) {
    is(system("echo '#include \"$header\"' | gcc -std=gnu99 -Wall -Werror $flags -I. -Isrc/core -x c -fsyntax-only - 2>/dev/null"), 0, "$header compiles alone");
}

# one exported symbol
my $module = $ENV{T_MODULE} || 'build/normal/mod_auth_introspect.so';
my @symbols = map { (split)[2] } grep {/^\S+ [A-Z] /} `nm -D --defined-only $module`;
is(join(' ', @symbols), 'auth_introspect_module', 'the module record is the only symbol that leaves the module');

# sizes
for my $file (grep {/\.c$/} @core, @glue) {
    my $lines = () = slurp($file) =~ /\n/g;
    cmp_ok($lines, '<=', 330, "$file is one noun");
}
for my $file (grep {/src.core/} @core) {
    unlike($file, qr{/(?:util|common|helper|misc|manager)\.}, "$file has a noun for a name");
}

# every field of a place is created or zero, and merged
my ($struct) = slurp('src/httpd/config.h') =~ /typedef struct mai_dir_t \{(.*?)\} mai_dir_t;/s;
my ($merge) = slurp('src/httpd/config.c') =~ /\nstatic mai_dir_t \*merge\([^)]*\)\n\{(.*?)\n\}/s;
$struct =~ s{/\*.*?\*/}{}gs;
my @fields = $struct =~ /(\w+);/g;
cmp_ok(scalar @fields, '>', 8, 'a place has fields');
for my $field (grep { !/^(?:s|where|usual_\w+)$/ } @fields) {
    like($merge, qr/\b$field\b/, "$field is merged");
}
($struct) = slurp('src/core/server.h') =~ /typedef struct ti_server_t \{(.*?)Made by ti_server_finish/s;
($merge) = slurp('src/core/server.c') =~ /ti_server_t \*ti_server_merge(.*?)\n\}/s;
$struct =~ s{/\*.*?(?:\*/|$)}{}gs;
@fields = $struct =~ /(\w+);/g;
cmp_ok(scalar @fields, '>', 15, 'a server has settings');
like($merge, qr/\b$_\b/, "$_ is merged") for @fields;
done_testing;
