"""Django on Fargate, as two services of one image, behind the cache. Both purge what they change.

DjangoStack(app, "Shop", env=Environment(account="…", region="eu-central-1"))
"""

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct
from nginx_memcache_site import NginxMemcacheSite, Origin, RouteRule, TierScaling


class DjangoStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        cluster.add_default_cloud_map_namespace(name="shop.internal")
        web = self.add_service(cluster, "Web", ["gunicorn", "--bind=0.0.0.0:8000", "shop.wsgi"])
        worker = self.add_service(cluster, "Worker", ["celery", "--app=shop", "worker"])

        site = NginxMemcacheSite(
            self,
            "Site",
            cluster=cluster,
            origin=Origin.service(web, port=8000),
            hosts=["www.shop.example"],
            bypass_paths=["/admin", "/accounts"],
            # Only what Django says to be storable, with @cache_control(public=True, max_age=600).
            default_ttl=Duration.seconds(0),
            routes=[RouteRule(path="/products", tags=["products"])],
            scaling=TierScaling(max_tasks=6),
        )

        for service in (web, worker):
            site.grant_purge(service.task_definition.task_role)
            container = service.task_definition.default_container
            assert container is not None
            container.add_environment("PURGE_FUNCTION", site.purge_function.function_name)
        # New templates and styles: after Django's new tasks have taken over.
        site.purge_on_deploy()

    def add_service(self, cluster: ecs.ICluster, name: str, command: list[str]) -> ecs.FargateService:
        task = ecs.FargateTaskDefinition(self, f"{name}Task", cpu=512, memory_limit_mib=1024)
        repository = ecr.Repository.from_repository_name(self, f"{name}Image", "shop")
        task.add_container(
            "django",
            command=command,
            image=ecs.ContainerImage.from_ecr_repository(repository, "release"),
            logging=ecs.LogDrivers.aws_logs(stream_prefix=name.lower()),
            port_mappings=[ecs.PortMapping(container_port=8000)],
        )
        return ecs.FargateService(
            self,
            name,
            cluster=cluster,
            task_definition=task,
            desired_count=2,
            min_healthy_percent=100,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )
