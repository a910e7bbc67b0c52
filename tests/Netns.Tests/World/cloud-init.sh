#!/bin/sh
# usage: cloud-init.sh DATASOURCE
# Lets the real cloud-init of this machine boot in the network namespace of the caller, as in a VM that it has never seen before. To stdout goes what it
# learned, and after a line -- the network that it would set up (of OpenStack alone); to stderr what it did. To be run in mount, UTS and PID namespaces of its own: what it writes goes with them.
set -e
mount --make-rprivate /
mount -t sysfs sysfs /sys # with the NICs of this network namespace
mount -t tmpfs tmpfs /run
for folder in etc var; do
  mkdir "/run/$folder" "/run/work-$folder"
  mount -t overlay -o "lowerdir=/$folder,upperdir=/run/$folder,workdir=/run/work-$folder" overlay "/$folder"
done
: > /etc/resolv.conf # it asks for names that nobody has, to find out about resolvers that lie
rm -rf /etc/cloud/cloud-init.disabled /etc/cloud/cloud.cfg.d /etc/network/interfaces.d /var/lib/cloud /var/log/cloud-init*
cat > /etc/cloud/cloud.cfg <<END
datasource_list: [ $1 ]
datasource: { Ec2: { strict_id: false } }
cloud_init_modules: []
cloud_config_modules: []
cloud_final_modules: []
system_info: { distro: debian }
network: { config: disabled }
END
cloud-init init >&2 || { cat /var/log/cloud-init.log >&2; exit 1; }
cat /var/log/cloud-init.log >&2
cloud-init query --all
echo --
[ "$1" = OpenStack ] || exit 0
cloud-init query ds.network_json > /run/network_data.json
cloud-init devel net-convert -k network_data.json -p /run/network_data.json -m "eth0,$(cat /sys/class/net/eth0/address)" -D debian -O eni -d /run/converted >&2
find /run/converted/etc/network -type f -exec cat {} +
