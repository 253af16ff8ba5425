# SPDX-License-Identifier: Apache-2.0
#
# The order of memory where no test on this machine can see it: what a compiler
# makes of it for a processor whose loads pass each other, and what it gives to
# ThreadSanitizer.
use strict;
use warnings;
use Test::More;
use File::Temp qw(tempdir);

sub slurp { my ($name) = @_; open my $in, '<', $name or return ''; local $/; return scalar <$in> }

my @compilers = grep { system("command -v $_ >/dev/null 2>&1") == 0 } qw(gcc clang);
chomp(my $apr = `apr-1-config --cppflags --includes | tr '\n' ' '`);

for my $cc (@compilers) {
    my $copy = sub { my ($flags) = @_; return `$cc $flags $apr -Isrc/core -E src/core/cache/cell.c` =~ /^static void copy_words\([^;]*?\n\{(.*?)^\}/ms ? $1 : '' };
    like($copy->(''), qr/memcpy/, "$cc: a cell is copied at once");
    like($copy->('-fsanitize=thread'), qr/= __atomic_load_n\(from \+ i/, "$cc: ThreadSanitizer gets it word by word");
    unlike($copy->('-fsanitize=thread'), qr/memcpy/, 'and no other branch');
}

SKIP: {
    skip 'there is no clang', 2 if !grep { $_ eq 'clang' } @compilers;
    # this machine's headers will do: only the code of one function is looked at
    my $dir = tempdir(CLEANUP => 1);
    mkdir "$dir/gnu";
    open my $stubs, '>', "$dir/gnu/stubs-32.h" or die;
    close $stubs;
    my ($machine) = grep {-d} glob '/usr/include/*-linux-gnu';
    my $headers = "-I$dir " . ($machine ? "-I$machine" : '') . q{ '-D__regparm__(x)=__unused__'};
    my $said = `clang --target=aarch64-linux-gnu -w -O2 -S -o $dir/shard.s $headers $apr -Isrc/core src/core/cache/shard.c 2>&1`;
    my ($code) = slurp("$dir/shard.s") =~ /^ti_shard_fetch:(.*?)\.cfi_endproc/ms;
    ok($code, 'the reader of a shard is compiled for arm64') or diag $said;
    like($code // '', qr/ti_ring_fetch.*ti_ring_fetch.*\bdmb\s+ishld\s+ldar/s, 'a fence stands after the bytes of a cell and before its turn is read');
}
done_testing;
