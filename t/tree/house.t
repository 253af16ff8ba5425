# SPDX-License-Identifier: Apache-2.0
#
# The rules of the house. A check that finds nothing to check fails.
use strict;
use warnings;
use Test::More;
use Rooms;

sub slurp { my ($name) = @_; open my $in, '<', $name or die "$name: $!"; local $/; return scalar <$in> }
my @core = glob 'src/core/*/*.[ch]';
my @glue = (glob('src/httpd/*/*.[ch] src/httpd/*.h'), 'mod_auth_introspect.c');
ok(@core > 0, 'there is a core');
ok(@glue > 1, 'and glue');

# layers
for my $file (@core) {
    my $text = slurp($file);
    unlike($text, qr/#include [<"](?:httpd|http_|ap_|mod_|util_)|request_rec|\bmai_\w+\(/, "$file knows nothing of httpd");
}
my @complaints;
my %includes;
for my $file (grep { m{^src/} } @core, @glue) {
    my ($name) = $file =~ m{([^/]+/[^/]+)\.[ch]$};
    for my $path (slurp($file) =~ /#include "([^"]+)"/g) {
        my $complaint = Rooms::complaint($file, $path);
        push @complaints, $complaint if $complaint ne '';
        (my $other = $path) =~ s/\.[ch]$//;
        push @{$includes{$name}}, $other if $other ne $name;
    }
}
is(join("\n", @complaints), '', 'each include names its room and looks down');
is(join(' ', Rooms::circles(\%includes)), '', 'no circle of files, through headers or through .c');
like(Rooms::complaint('src/core/claims/x.c', 'cache/cache.h'), qr/looks up/, 'an include upwards is seen');
like(Rooms::complaint('src/core/http/x.h', 'claims/claims.h'), qr/looks up/, 'and one beside');
like(Rooms::complaint('src/httpd/store/x.c', 'config/config.h'), qr/looks up/, 'on the side of httpd too');
like(Rooms::complaint('src/core/http/x.c', 'http.h'), qr/does not name/, 'and one without a room');
like(Rooms::complaint('src/core/http/x.c', 'request/authn.h'), qr/not known/, 'and one across the wall');
is(Rooms::complaint('src/core/ask/x.c', 'base/key.h'), '', 'one downwards is fine');
is(join(' ', Rooms::circles({a => ['b'], b => ['c'], c => ['a'], d => ['a']})), 'a b c', 'a circle is seen');

my %only = (
    'curl/' => qr{/http/(?:host|allocation|call|network|failure|reach)\.}, 'jansson.' => qr{/claims/(?:compile|json|parts)\.|/jose/},
    'openssl/' => qr{/base/key\.|/cache/seal\.|/jose/}, 'linux/futex.' => qr{/base/wait\.}, 'hiredis/' => qr{/store/link\.}, 'pthread.' => qr{/base/},
);
for my $library (sort keys %only) {
    my @users = grep { slurp($_) =~ /#include <\Q$library\E/ } @core, @glue;
    ok(@users > 0, "$library is used");
    is(join(' ', grep { $_ !~ $only{$library} } @users), '', "$library is known where it belongs only");
}
my @threads = grep { m{^src/(?!core/base/)} && slurp($_) =~ /\bpthread_\w+\(/ } @core, @glue;
is(join(' ', @threads), '', 'pthread is called in its room only');

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
    cmp_ok($lines, '<=', 300, "$file is one noun");
}
for my $file (grep {/src.core/} @core) {
    unlike($file, qr{/(?:util|common|helper|misc|manager)\.}, "$file has a noun for a name");
}

# every field of a place is created or zero, and merged
my ($struct) = slurp('src/httpd/config/config.h') =~ /typedef struct mai_dir_t \{(.*?)\} mai_dir_t;/s;
my ($merge) = slurp('src/httpd/config/config.c') =~ /\nstatic mai_dir_t \*merge\([^)]*\)\n\{(.*?)\n\}/s;
$struct =~ s{/\*.*?\*/}{}gs;
my @fields = $struct =~ /(\w+);/g;
ok(@fields > 0, 'a place has fields');
for my $field (grep { !/^(?:s|where|usual_\w+)$/ } @fields) {
    like($merge, qr/\b$field\b/, "$field is merged");
}
($struct) = slurp('src/core/ask/server.h') =~ /typedef struct ti_server_t \{(.*?)Made by ti_server_finish/s;
($merge) = slurp('src/core/ask/server.c') =~ /\nstatic void merge_identity(.*?)\nint ti_server_is_set/s;
$struct =~ s{/\*.*?(?:\*/|$)}{}gs;
@fields = $struct =~ /(\w+);/g;
ok(@fields > 0, 'a server has settings');
like($merge, qr/\b$_\b/, "$_ is merged") for @fields;

# Each fuzzer begins with seeds, and has a minute where a change is checked.
my %fuzzers = map { m{/fuzz_(\w+)\.c$} ? ($1 => 1) : () } glob 't/fuzz/fuzz_*.c';
my @outsiders = qw(claims introspection jwe jwks jws prefix reading rule seal secret table url);
is(join(' ', grep { !$fuzzers{$_} } @outsiders), '', 'what outsiders write is fuzzed');
for my $fuzzer (sort keys %fuzzers) {
    my @seeds = grep {-s} glob "t/fuzz/corpus/$fuzzer/*";
    cmp_ok(scalar @seeds, '>=', 3, "the fuzzer of $fuzzer has seeds");
}
like(slurp(q(.ci/run)), qr{^make .*\bfuzz SECONDS_OF_FUZZ=60 SEED_OF_FUZZ=1$}m, q(a minute for each, with the same inputs each time));
my ($fuzzed) = slurp('Makefile') =~ /^FUZZERS := (.*)$/m;
like($fuzzed, qr{\$\(wildcard t/fuzz/fuzz_\*\.c\)}, 'and for all');

# Seeds of fuzzers may be anything, and the documents have pictures; all else is
# text, also what `git add` took.
my @binary = grep { chomp; !m{^t/fuzz/corpus/|^docs/[\w-]+\.png$} && -s && -B } `git ls-files 2>/dev/null`;
is("@binary", '', 'no file of the tree is a core, an object or an archive');
done_testing;
