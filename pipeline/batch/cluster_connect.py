"""A client of a cluster, over TLS alone: of a scheduler that runs, or with workers that Slurm starts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pipeline.batch.cluster_plan import Plan, Tls
from pipeline.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client


ITS_PAGE = "127.0.0.1:0"  # Dask serves one in plain HTTP, even without its dashboard: not to the network


def leave(client: Client) -> None:
    """Close a client, and the cluster with it when it was started for this run (Slurm's jobs end)."""
    cluster = client.cluster
    with suppress(Exception):  # the scheduler may be gone already
        client.close()
    if cluster is not None:
        with suppress(Exception):
            cluster.close()


def connect(plan: Plan) -> Client:
    """The client a plan asks for; raises ClusterError unless everything of it is TLS."""
    if plan.slurm_workers:
        client = start_on_slurm(plan.slurm_workers, plan.shared_folder)
    else:
        client = connect_to(plan.scheduler, plan.tls)
    if not str(client.scheduler.address).startswith("tls://"):
        leave(client)
        raise ClusterError(what=plan.scheduler, why="its connection is not TLS")
    return client


def connect_to(address: str, tls: Tls) -> Client:
    """A client of a running scheduler; raises ClusterError unless it answers over TLS."""
    distributed = _import_distributed()
    try:
        return distributed.Client(address, security=_security(tls), set_as_default=False, timeout=20)
    except (OSError, TypeError, ValueError) as error:
        raise ClusterError(what=address, why=f"no connection over TLS ({type(error).__name__})") from error


def start_on_slurm(workers: int, shared_folder: str) -> Client:
    """Workers through Slurm, as Dask's jobqueue configuration describes them (queue, cores, memory, time).

    `shared_folder` must be visible to the nodes: Dask puts the cluster's temporary TLS files there.
    """
    distributed = _import_distributed()
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise ClusterError(
            what="Slurm", why="dask-jobqueue is not installed (pip install 'session-deid[cluster]')"
        ) from None
    try:
        cluster = SLURMCluster(
            protocol="tls://",
            security=True,
            shared_temp_directory=shared_folder,
            scheduler_options={"dashboard": False, "dashboard_address": ITS_PAGE},
            worker_extra_args=_worker_arguments(),
        )
        cluster.scale(jobs=workers)
        return distributed.Client(cluster, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterError(
            what="Slurm", why=f"the workers could not be asked for ({type(error).__name__}: {error})"
        ) from error


def _worker_arguments() -> list[str]:
    """What jobqueue's configuration asks for, and the worker's page for its own computer alone."""
    import dask

    asked = dask.config.get("jobqueue.slurm.worker-extra-args", None) or []
    return [*map(str, asked), "--no-dashboard", "--dashboard-address", ITS_PAGE]


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            what="Dask", why="it is not installed (pip install 'session-deid[cluster]')"
        ) from None
    return distributed


def _security(tls: Tls) -> Any:
    from distributed.security import Security

    files = {"tls_ca_file": tls.ca, "tls_client_cert": tls.certificate, "tls_client_key": tls.key}
    return Security(require_encryption=True, **{k: str(v) for k, v in files.items() if v is not None})
