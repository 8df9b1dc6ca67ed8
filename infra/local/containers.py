"""How a container that sam starts reaches this machine: as `host.docker.internal`, and by which addresses."""

import ipaddress
import json
import platform
import shutil
import subprocess
from dataclasses import dataclass

import tcp_relay
from settings import Problem

HOST = "host.docker.internal"
# Docker Desktop picks the address behind the name, out of the private ones.
PRIVATE_NETWORKS = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"


@dataclass(frozen=True)
class WayToHost:
    """`bridge` is the address of Docker's bridge, where containers get no further; None where they reach loopback."""

    bridge: str | None

    @property
    def sam_arguments(self) -> list[str]:
        return ["--add-host", f"{HOST}:{self.bridge}"] if self.bridge else []

    @property
    def networks(self) -> str:
        """Where a container sees this machine, as TRUSTED_NETWORKS."""
        return f"{self.bridge}/32" if self.bridge else PRIVATE_NETWORKS

    def open(self, port: int) -> None:
        """Lets containers reach a port of loopback, for as long as this process lives."""
        if self.bridge:
            tcp_relay.start(self.bridge, port)


def way_to_host() -> WayToHost:
    """Docker Desktop connects the name with loopback; Docker Engine, which is on Linux only, with its bridge."""
    if shutil.which("docker") is None:
        raise Problem("docker is missing: sam runs the function in a container. `make demo` and `make test` need none.")
    system = _docker("info", "--format", "{{.OperatingSystem}}")
    if platform.system() != "Linux" or system == "Docker Desktop":
        return WayToHost(None)
    return WayToHost(_bridge())


def _bridge() -> str:
    """The address of Docker's bridge: the gateway of its network, which a new installation may not name."""
    for network in json.loads(_docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")) or []:
        subnet = ipaddress.ip_network(network["Subnet"])
        if subnet.version == 4:
            return network.get("Gateway") or str(subnet[1])
    raise Problem("Docker has no address on its network `bridge`, so a container cannot reach the stack.")


def _docker(*arguments: str) -> str:
    answered = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if answered.returncode != 0:
        raise Problem(f"Docker does not answer: {answered.stderr.strip()}")
    return answered.stdout.strip()
