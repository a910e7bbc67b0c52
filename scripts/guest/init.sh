#!/bin/sh
# The first process of the guest of scripts/guest.sh, whose root is the machine's own, read only. It lays a file system of the guest's memory
# over that, runs the command in $OUT/command, leaves the exit status in $OUT/status, and switches the guest off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

switch_off() { sync; echo o > /proc/sysrq-trigger; sleep 60; }

# The machine's folder for us is the only place of it that the guest can write.
give_up() { mkdir -p /run/out && mount -t hostfs none /run/out -o "$OUT" && echo "$1" > /run/out/failure; switch_off; }

lay_over() {
  mount -t proc proc /proc
  for word in $(cat /proc/cmdline); do case $word in novanet.out=*) OUT=${word#*=} ;; esac; done
  mount -t tmpfs -o mode=755 tmpfs /run
  # Debian's kernel has its modules in a place of its own.
  mkdir -p /run/kernel/lib /run/layer/upper /run/layer/work /run/root
  ln -s /usr/lib/uml/modules /run/kernel/lib/modules
  grep -q overlay /proc/filesystems || modprobe -d /run/kernel overlay || give_up "the guest's kernel has no overlay file system"
  mount -t overlay overlay -o lowerdir=/,upperdir=/run/layer/upper,workdir=/run/layer/work /run/root || give_up "the guest could not lay its memory over the machine's files"
  cd /run/root || give_up "the guest has no root"
  rm -rf usr/lib/modules
  ln -s /usr/lib/uml/modules usr/lib/modules
  mkdir -p old mnt/out
  mount -t hostfs none mnt/out -o "$OUT"
  mount --move /proc proc
  mount -t sysfs sysfs sys
  mount -t devtmpfs dev dev
  mkdir -p dev/pts dev/shm
  mount -t devpts devpts dev/pts
  mount -t tmpfs shm dev/shm
  ln -sf /proc/self/fd dev/fd
  ln -sf /proc/self/fd/0 dev/stdin
  ln -sf /proc/self/fd/1 dev/stdout
  ln -sf /proc/self/fd/2 dev/stderr
  # Not chroot: this moves the kernel's own threads as well, so that it finds its modules by itself.
  pivot_root . old
  exec chroot . /bin/sh /mnt/out/init inside </dev/null
}

# A guest has next to nothing that is random, and whoever asks for it would wait for minutes (RNDADDENTROPY, random(4)).
seed_random() {
  perl -e 'local $/; open my $seed, "<", "/mnt/out/seed" or die; open my $random, ">", "/dev/random" or die;
    my $bytes = <$seed>; ioctl($random, 0x40085203, pack("iia*", 8 * length $bytes, length $bytes, $bytes)) or die "the guest cannot be seeded: $!\n"'
}

run_inside() {
  seed_random
  mount -t tmpfs -o mode=755 tmpfs /run
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  # A checkout below one of these would be out of sight.
  checkout=$(cat /mnt/out/checkout)
  [ -d "$checkout" ] || { mkdir -p "$checkout" && mount -t hostfs -r none "$checkout" -o "$checkout"; }
  ip link set lo up
  if [ -e /sys/class/net/vec0 ]; then ip addr add 192.0.2.2/30 dev vec0 && ip link set vec0 up; fi
  hostname guest
  # What it writes is to be seen outside while it runs.
  while sleep 2; do sync -f /mnt/out; done &
  bash /mnt/out/command > /mnt/out/stdout 2> /mnt/out/stderr < /dev/null
  echo $? > /mnt/out/status
  switch_off
}

if [ "${1:-}" = inside ]; then run_inside; else lay_over; fi
