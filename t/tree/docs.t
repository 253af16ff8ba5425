# SPDX-License-Identifier: Apache-2.0
#
# What the code has is documented, and what is documented the code has:
# directives, log ids, files.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use Test::More;

my $root = abs_path(dirname(__FILE__) . '/../..');

sub slurp {
    my ($name) = @_;
    open my $file, '<', "$root/$name" or die "$name: $!";
    local $/;
    return scalar <$file>;
}

# A check that finds nothing to check fails.
sub found {
    my ($what, $least, @things) = @_;
    cmp_ok(scalar @things, '>=', $least, "there are $what to check");
    return @things;
}

sub none {
    my ($name, @wrong) = @_;
    ok(!@wrong, $name) or diag("but not: @wrong");
    return;
}

sub missing { my ($in, @names) = @_; return grep { !$in->{$_} } @names }

my $readme = slurp('README.md');
my $directives = slurp('docs/directives.md');
my $messages = slurp('docs/messages.md');
my @pages = map { substr $_, length("$root/") } glob "$root/*.md $root/src/*.md $root/t/*.md $root/docs/*.md $root/docs/*/*.md";

subtest 'every directive is explained and shown' => sub {
    my %others = map { $_ => 1 } qw(AuthName AuthType AuthBasicProvider);
    my @rows = slurp('src/httpd/directives/directives.c') =~ /\b(?:AP_INIT|SERVER|PLACE)_\w+\(\s*"(\w+)"/g;
    my @directives = found('directives', 1, grep { !$others{$_} } @rows);
    my %known = map { $_ => 1 } @directives;
    my %explained = map { $_ => 1 } $directives =~ /^### (Introspect\w+)$/mg;
    my (%shown, %invented);

    for my $path (found('examples', 1, glob "$root/conf-examples/*.conf")) {
        for (split /\n/, slurp('conf-examples/' . basename($path))) {
            $shown{$1} = 1 if /^\s*(Introspect\w+)\s/;
            $invented{$1} = 1 if /^[#|\s]*(Introspect\w+)\s/ && !$known{$1};
        }
    }
    none('all stand in docs/directives.md', missing(\%explained, @directives));
    none('which has no others', missing(\%known, sort keys %explained));
    none('all are used in an example', missing(\%shown, @directives));
    none('the examples have no others', sort keys %invented);

    my $table = slurp('src/httpd/directives/directives.c');
    my (@wrong, @unshown);
    for my $section ($directives =~ /^### (Introspect\w+\n.*?)(?=^##|\z)/msg) {
        my ($name) = $section =~ /^(\w+)/;
        my ($row) = $table =~ /\b(?:AP_INIT|SERVER|PLACE)_\w+\(\s*"$name",(.*?)"/s;
        my $is_policy = $row =~ /\bPOLICY\b/;
        my ($override) = $section =~ /^\| Override \| (.*?) \|$/m;
        push @wrong, $name if ($override || '') ne ($is_policy ? 'AuthConfig' : 'not in .htaccess');
        push @wrong, "$name: no $_" for grep { $section !~ /^\| $_ \| \S/m } qw(Syntax Default Context);
        push @unshown, $name if $section !~ /^```apache\n(?:.*\n)*?\s*$name /m;
    }
    none('each says its syntax, default, context and the override of the code', @wrong);
    none('each has an example', @unshown);
};

subtest 'every default that the core names is the one in the table' => sub {
    my %defaults = (
        IntrospectTimeout => ['src/core/ask/server.c', qr/define TIMEOUT apr_time_from_sec\((\d+)\)/, '%ds'],
        IntrospectCacheMaxAge => ['src/core/ask/server.c', qr/define CACHE_MAX_AGE apr_time_from_sec\((\d+)\)/, '%ds'],
        IntrospectNegativeMaxAge => ['src/core/ask/server.c', qr/define NEGATIVE_MAX_AGE apr_time_from_sec\((\d+)\)/, '%ds'],
        IntrospectRefresh => ['src/core/ask/server.c', qr/define REFRESH_PERCENT (\d+)/, '%d%%'],
        IntrospectCallsMax => ['src/core/ask/server.c', qr/define CALLS_MAX (\d+)/, '%d'],
        IntrospectLeeway => ['src/httpd/config/config.h', qr/define MAI_LEEWAY apr_time_from_sec\((\d+)\)/, '%ds'],
        IntrospectCache => ['src/httpd/config/config.h', qr/define MAI_TABLE_SIZE \(\(apr_size_t\)(\d+) \*/, 'shm:%dM'],
    );
    for my $name (sort keys %defaults) {
        my ($file, $pattern, $format) = @{$defaults{$name}};
        my ($value) = slurp($file) =~ $pattern;
        if (!defined $value) { fail("$file says a default of $name"); next }
        my $text = sprintf $format, $value;
        like($directives, qr/^### $name\n(?:[^#\n].*\n|\n)*?\| Default \| `\Q$text\E[ `]/m, "$name: $text");
    }
};

subtest 'every log id is explained, and none is used twice' => sub {
    my @numbers = slurp('src/core/base/messages.h') =~ /\bTI_MSG_\w+ = (\d+)/g;
    my @names = slurp('src/core/base/messages.h') =~ /^\s*(TI_MSG_\w+)/mg;
    my @ids = map { sprintf 'MAI%04d', $_ } found('log ids', 1, @numbers);
    my @rows = $messages =~ /^\| (MAI\d{4}) \|/mg;
    my (%uses, %known, %explained, %rows);

    $uses{$_}++ for @numbers;
    $rows{$_}++ for @rows;
    %known = map { $_ => 1 } @ids;
    %explained = map { $_ => 1 } @rows;
    is(scalar @numbers, scalar @names, 'each has its number written down');
    none('no number is used twice', grep { $uses{$_} > 1 } sort keys %uses);
    none('all stand in the table of docs/messages.md', missing(\%explained, @ids));
    none('the table has no others', missing(\%known, @rows));
    none('the table has each once', grep { $rows{$_} > 1 } sort keys %rows);
};

subtest 'every log id is written somewhere' => sub {
    my $header = slurp('src/core/base/messages.h');
    my $code = join '', map { slurp(substr $_, length("$root/")) } glob "$root/src/*/*/*.c";
    my %numbers = $header =~ /\b(TI_MSG_\w+) = (\d+)/g;

    found('names in the code', 1, grep { $code =~ /\b$_\b/ } keys %numbers);
    like($code, qr/\b$_\b/, "$_ is written") for sort keys %numbers;
};

subtest 'every file stands on the map' => sub {
    my $map = slurp('src/README.md');
    my %on_map;

    for my $name ($map =~ /^\| `([^`]+\.[^`]+)` \|/mg) {
        my ($stem) = $name =~ /^(.*)\.\[ch\]$/;
        $on_map{$_} = 1 for defined $stem ? ("$stem.c", "$stem.h") : $name;
    }
    my @files = map { substr $_, length("$root/src/") } glob "$root/src/*/*/*.[ch]";
    s{^(?:core|httpd)/}{} for @files;
    push @files, map { basename($_) } grep { -f } glob "$root/src/httpd/*";
    my %there = map { $_ => 1 } found('files', 1, @files);
    none('all are there', missing(\%on_map, @files));
    none('and none that is not', missing(\%there, sort keys %on_map));

    my %noun = map { m{([^/]+)\.[ch]$} ? ($1 => 1) : () } @files;
    my @words = $map =~ /^## Glossary$(.*?)^## /ms ? $1 =~ /^\| `(\w+)` \|/mg : ();
    none('each word of the glossary in code font is a file', missing(\%noun, found('words', 1, @words)));
    my %rows;
    none('and no row twice', grep { $_ ne 'file' && $rows{$_}++ } $map =~ /^\| (`[^`]+`|\w+) \|/mg);
    my @order = $map =~ /^## Glossary$(.*?)^## /ms ? $1 =~ /^\| `?(\w+)`?[^|]* \| (?!means)/mg : ();
    is("@order", join(' ', sort { lc $a cmp lc $b } @order), 'the glossary is in alphabetical order');
    like($map, qr/^    mod_auth_introspect\.c /m, 'the table of contents too');
};

subtest 'every link leads somewhere' => sub {
    for my $page (found('pages', 1, @pages)) {
        my $folder = dirname($page);
        my @links = grep { !m{^https?:} } slurp($page) =~ /\]\(([^)\s]+)\)/g;

        found("links in $page", 1, @links) if $page eq 'README.md';
        none("$page", grep { !leads($page, $folder, $_) } @links);
    }
};

subtest 'README is short, and shows the two commands' => sub {
    my $lines = () = $readme =~ /\n/g;
    cmp_ok($lines, '<=', 200, 'lines');
    like($readme, qr/make demo\n/, 'make demo');
    like($readme, qr/make check\n/, 'make check');
};

subtest 'every variable of the tests is explained' => sub {
    my $page = slurp('t/README.md');
    my $code = join '', map { slurp(substr $_, length("$root/")) } glob "$root/t/*/*.t $root/t/lib/*.pm $root/t/bench/*.pl";
    my %used = map { $_ => 1 } $code =~ /\$ENV\{((?:T|CHAOS|BENCH)_\w+)\}/g;
    none('all stand in t/README.md', grep { $page !~ /`$_`/ } found('variables', 1, sort keys %used));
};

# The promise, and what is named to hold it.
subtest 'every promise is held by a test' => sub {
    my ($list) = slurp('docs/security.md') =~ /^## Promises\n(.*?)^## /ms;
    my ($table) = slurp('t/README.md') =~ /^## Tests for the promises\n(.*)/ms;
    my @promises = found('promises', 1, $list =~ /^- (.*)\.$/mg);
    my %test = $table =~ /^\| (?!promise|---)(.*?) \| (.*) \|$/mg;
    my %promised = map { $_ => 1 } @promises;
    my @missing;

    none('all stand in t/README.md', missing(\%test, @promises));
    none('which has no others', missing(\%promised, sort keys %test));
    my %rows;
    none('and none twice', grep { $rows{$_}++ } $table =~ /^\| (?!promise|---)(.*?) \| /mg);
    for my $promise (@promises) {
        my @parts = ($test{$promise} // '') =~ /`([^`]+)`((?:, "[^"]+")*)/g;
        push @missing, "$promise: no test" if !@parts;
        while (my ($name, $cases) = splice @parts, 0, 2) {
            if (!-f "$root/t/$name") { push @missing, $name; next }
            my $text = slurp("t/$name");
            push @missing, map {"$name: $_"} grep { index($text, "'$_'") < 0 } $cases =~ /"([^"]+)"/g;
        }
    }
    none('each by a file, and a case of it, that there is', @missing);
};

subtest 'each line about authorization servers is held by a test' => sub {
    my ($table) = slurp('t/README.md') =~ /^## Tests for authorization servers\n(.*?)^## /ms;
    my @missing;
    for my $row (found('lines', 20, $table =~ /^\| (?!what|---)[^|]+ \| (.*) \|$/mg)) {
        my ($name, $cases) = $row =~ /^`([^`]+)`((?:, "[^"]+")*)$/ or do { push @missing, $row; next };
        if (!-f "$root/t/$name") { push @missing, $name; next }
        my $text = slurp("t/$name");
        push @missing, map {"$name: $_"} grep { index($text, "'$_'") < 0 && index($text, "START_TEST($_)") < 0 } $cases =~ /"([^"]+)"/g;
    }
    none('each by a file, and a case of it, that there is', @missing);
};

# Each row of the table names a test, by the section that it is about.
subtest 'every line of a standard is held by a test' => sub {
    my @rows = found('lines', 40, slurp('docs/standards.md') =~ /^\| ((?:RFC|MCP|Fetch|Back)[^|]*) \| (?:must|should|may) \| [^|]+ \| (.*) \|$/mg);
    my (@wrong, %known);
    while (my ($section, $tests) = splice @rows, 0, 2) {
        my @parts = $tests =~ /`([^`]+)`((?:, "[^"]+")*)/g;
        $known{$section} = 1;
        push @wrong, "$section: no test" if !@parts;
        while (my ($name, $cases) = splice @parts, 0, 2) {
            if (!-f "$root/t/$name") { push @wrong, $name; next }
            my $text = slurp("t/$name");
            for my $case ($cases =~ /"([^"]+)"/g) {
                push @wrong, "$name: $case" if $text !~ /['"]\Q$case\E/;
                push @wrong, "$section: $case" if $section =~ /^RFC/ && $case !~ /^\Q$section\E: /;
            }
        }
    }
    none('and by its name', @wrong);
    my %named = map { $_ => 1 } map { slurp(substr $_, length("$root/")) =~ /['"](RFC \d+ [\d.]+\d): /g } glob "$root/t/httpd/*.t";
    none('each section that a test names stands in docs/standards.md', missing(\%known, found('names', 30, sort keys %named)));
};

sub leads {
    my ($page, $folder, $link) = @_;
    my ($path, $title) = $link =~ /^([^#]*)(?:#(.*))?$/;
    my $target = $path eq '' ? $page : "$folder/$path";
    return 0 if !-e "$root/$target";
    return 1 if !defined $title;
    my %titles = map { anchor($_) => 1 } slurp($target) =~ /^#+ (.+)$/mg;
    return $titles{$title};
}

sub anchor {
    my ($title) = @_;
    $title = lc $title;
    $title =~ s/[^a-z0-9 _-]//g;
    $title =~ tr/ /-/;
    return $title;
}

# Of each module that people come from: its directives, as docs/migrating.md has
# them.
subtest 'directives of others' => sub {
    chomp(my $libexec = `apxs -q LIBEXECDIR`);
    my $migrating = slurp('docs/migrating.md');
    my %theirs = (mod_auth_openidc => ['OIDC', qr/\0(OIDCOAuth\w+)(?=\0)/], mod_oauth2 => ['OAuth2', qr/\0(OAuth2\w+)(?=\0)/]);
    my @there = grep { -e "$libexec/$_.so" } sort keys %theirs;
    plan skip_all => 'neither is installed' if !@there;
    for my $module (@there) {
        my ($prefix, $of_apis) = @{$theirs{$module}};
        open my $in, '<', "$libexec/$module.so" or die $!;
        my $binary = do { local $/; <$in> };
        my @named = found("directives of $module", 5, $migrating =~ /\b($prefix(?=[A-Z])\w+)/g);
        none("$module has each", grep { $binary !~ /\0$_\0/ } @named);
        my %has = map { $_ => 1 } $binary =~ /$of_apis/g;
        none('and each that it has for APIs is there', grep { $migrating !~ /\b$_\b/ } sort keys %has);
    }
};

done_testing;
