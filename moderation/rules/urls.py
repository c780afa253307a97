"""Addresses of the rules as data, below the set-up."""

from django.urls import path

from moderation.rules import blocks, stages

urlpatterns = [
    path("stufen/", stages.stages, name="setup_stages"),
    path("stufen/neu/", stages.stage, name="setup_stage_new"),
    path("stufen/<int:pk>/", stages.stage, name="setup_stage"),
    path("stufen/<int:pk>/tun/", stages.deed, name="setup_stage_deed"),
    path("textbausteine/", blocks.blocks, name="setup_blocks"),
    path("textbausteine/neu/", blocks.block, name="setup_block_new"),
    path("textbausteine/<int:pk>/", blocks.block, name="setup_block"),
    path("textbausteine/<int:pk>/tun/", blocks.deed, name="setup_block_deed"),
]
