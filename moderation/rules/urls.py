"""Addresses of the rules as data, below the set-up."""

from django.urls import path

from moderation.rules import blocks, responsibility, stages

urlpatterns = [
    path("stufen/", stages.stages, name="setup_stages"),
    path("stufen/neu/", stages.stage, name="setup_stage_new"),
    path("stufen/<int:pk>/", stages.stage, name="setup_stage"),
    path("stufen/<int:pk>/tun/", stages.deed, name="setup_stage_deed"),
    path("textbausteine/", blocks.blocks, name="setup_blocks"),
    path("textbausteine/neu/", blocks.block, name="setup_block_new"),
    path("textbausteine/<int:pk>/", blocks.block, name="setup_block"),
    path("textbausteine/<int:pk>/tun/", blocks.deed, name="setup_block_deed"),
    path("zustaendigkeit/", responsibility.table, name="setup_responsibility"),
    path("zustaendigkeit/wer/", responsibility.who, name="setup_responsible_here"),
    path("zustaendigkeit/flaechen/", responsibility.areas, name="setup_responsibility_areas"),
    path("zustaendigkeit/neu/", responsibility.edit, name="setup_responsibility_new"),
    path("zustaendigkeit/<int:pk>/", responsibility.edit, name="setup_responsibility_row"),
    path("zustaendigkeit/<int:pk>/entfernen/", responsibility.remove, name="setup_responsibility_remove"),
]
