"""A site before an application that is deployed by something else. It decides and logs only, until it caches.

ExistingLoadBalancerStack(app, "Shop", vpc_name="shop", load_balancer_arn="arn:…", observe_only=True, env=…)
"""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from constructs import Construct
from nginx_memcache_site import NginxMemcacheSite, Origin


class ExistingLoadBalancerStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc_name: str,
        load_balancer_arn: str,
        observe_only: bool,
        **kwargs,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc.from_lookup(self, "Vpc", vpc_name=vpc_name)
        application = elbv2.ApplicationLoadBalancer.from_lookup(
            self, "Application", load_balancer_arn=load_balancer_arn
        )

        site = NginxMemcacheSite(
            self, "Site", vpc=vpc, origin=Origin.load_balancer(application), observe_only=observe_only
        )
        site.add_alarms(sns.Topic(self, "OnCall", enforce_ssl=True), min_hit_ratio=0 if observe_only else 60)
        site.add_dashboard(dashboard_name="shop")
        # The name that the DNS record of the site's host is to point at.
        CfnOutput(self, "LoadBalancer", value=site.load_balancer.load_balancer_dns_name)
