"""Render hands with a clear background, to be laid over faces.

    python hands.py --mesh left.glb --out runs/hands --count 150

`left.glb`: a rigged hand, `dist/profiles/generic-hand/left.glb` of the npm package @webxr-input-profiles/assets 1.0.20 (MIT;
never committed). Needs bpy. Fingers bend by chance, some are spread, the hand turns any way, a sleeve or bare skin goes on behind
the wrist. Writes OUT/NNN.png, RGBA with straight alpha, SIDE pixels to ACROSS metres.
"""

import argparse
import math
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

SIDE = 320
ACROSS = 0.27  # metres; as in covers.py
FINGERS = ("index-finger", "middle-finger", "ring-finger", "pinky-finger")
PARTS = ("phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")
WRIST = "wrist"


def bent(armature, rng):
    """Pose the fingers: in the file they point to -z, the palm faces +x, the thumb lies to +y."""
    bones = armature.pose.bones
    curl = rng.choice([0.05, 0.35, 0.8, 1.2]) * rng.uniform(0.7, 1.2)
    spread = rng.uniform(-0.02, 0.16)
    for k, finger in enumerate(FINGERS):
        turned = Matrix.Identity(4)
        own = curl * rng.uniform(0.7, 1.3) if rng.random() < 0.85 else rng.uniform(0, 1.4)
        for i, part in enumerate(PARTS):
            bone = bones[f"{finger}-{part}"]
            joint = armature.data.bones[bone.name].head_local
            angle = -own * (1.0, 1.0, 0.6, 0.0)[i]
            turn = Matrix.Rotation(angle, 4, "Y")
            if i == 0:
                turn = Matrix.Rotation((1.5 - k) * spread, 4, "X") @ turn
            turned = turned @ Matrix.Translation(joint) @ turn @ Matrix.Translation(-joint)
            bone.matrix = turned @ armature.data.bones[bone.name].matrix_local
    turned, thumb = Matrix.Identity(4), rng.uniform(-0.2, 0.7)
    for part in ("metacarpal", "phalanx-proximal", "phalanx-distal", "tip"):
        bone = bones[f"thumb-{part}"]
        joint = armature.data.bones[bone.name].head_local
        turn = Matrix.Rotation(thumb * (0.5 if part == "metacarpal" else 0.8 if part != "tip" else 0), 4, Vector((0.6, 0.2, 0.7)).normalized())
        turned = turned @ Matrix.Translation(joint) @ turn @ Matrix.Translation(-joint)
        bone.matrix = turned @ armature.data.bones[bone.name].matrix_local


def skin(rng):
    material = bpy.data.materials.new("skin")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    shader.inputs["Roughness"].default_value = rng.uniform(0.35, 0.6)
    shader.inputs["Subsurface Weight"].default_value = 0.15
    shader.inputs["Subsurface Radius"].default_value = (0.012, 0.004, 0.002)
    noise, ramp, bump = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeValToRGB"), nodes.new("ShaderNodeBump")
    noise.inputs["Scale"].default_value = rng.uniform(12, 40)
    tone = np.array([0.55, 0.34, 0.25]) * np.exp(rng.normal(0, 0.06, 3))
    ramp.color_ramp.elements[0].color = (*(tone * 0.8), 1)
    ramp.color_ramp.elements[1].color = (*(tone * [1.15, 1.1, 1.1]), 1)
    links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    fine = nodes.new("ShaderNodeTexVoronoi")
    fine.inputs["Scale"].default_value = rng.uniform(180, 420)
    bump.inputs["Strength"].default_value = rng.uniform(0.1, 0.35)
    bump.inputs["Distance"].default_value = 0.001
    links.new(fine.outputs["Distance"], bump.inputs["Height"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    return material


def cloth(rng):
    material = bpy.data.materials.new("cloth")
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*rng.uniform(0.01, 0.9, 3), 1)
    shader.inputs["Roughness"].default_value = 0.9
    return material


def scene(path, rng):
    """The armature of a hand in a fresh scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    armature = next(o for o in bpy.data.objects if o.type == "ARMATURE")
    hand = next(o for o in bpy.data.objects if o.type == "MESH" and "hand" in o.name.lower())
    for other in [o for o in bpy.data.objects if o.type == "MESH" and o is not hand]:
        bpy.data.objects.remove(other)
    bent(armature, rng)
    smooth = hand.modifiers.new("smooth", "SUBSURF")
    smooth.render_levels = smooth.levels = 2
    hand.data.materials.clear()
    hand.data.materials.append(skin(rng))
    for face in hand.data.polygons:
        face.use_smooth = True
    wrist = armature.data.bones[WRIST].head_local
    sleeve = rng.random() < 0.6
    bpy.ops.mesh.primitive_cone_add(vertices=48, radius1=rng.uniform(0.034, 0.05) if sleeve else 0.031, radius2=rng.uniform(0.036, 0.06) if sleeve else 0.04, depth=0.3)
    arm = bpy.context.object
    arm.scale = (0.75, 1, 1)
    arm.location = wrist + Vector((0, 0, 0.15 + (rng.uniform(-0.01, 0.03) if sleeve else 0.012)))
    arm.data.materials.append(cloth(rng) if sleeve else hand.data.materials[0])
    for face in arm.data.polygons:
        face.use_smooth = True
    arm.parent = armature
    return armature


def shot(armature, rng, path):
    place = bpy.context.scene
    armature.rotation_mode = "QUATERNION"
    # Fingers mostly upwards or to a side, the back or the palm to the camera, which looks along -z from above.
    up = Quaternion((1, 0, 0), math.radians(90))  # -z to +y
    turn = (
        Quaternion((0, 0, 1), rng.normal(0, 0.8))
        @ Quaternion((0, 1, 0), rng.choice([0, math.pi]) + math.pi / 2 + rng.normal(0, 0.5))
        @ Quaternion((1, 0, 0), rng.normal(0, 0.35))
        @ up
    )
    armature.rotation_quaternion = turn
    armature.location = -(turn @ Vector((-0.03, 0.005, -0.03)))
    camera = bpy.data.cameras.new("camera")
    camera.type, camera.ortho_scale = "ORTHO", ACROSS
    seen = bpy.data.objects.new("camera", camera)
    seen.location = (0, 0, 1)
    place.collection.objects.link(seen)
    place.camera = seen
    for _ in range(2):
        light = bpy.data.lights.new("light", "AREA")
        light.energy, light.size = rng.uniform(2, 7), rng.uniform(0.2, 1.2)
        lamp = bpy.data.objects.new("light", light)
        lamp.location = (rng.uniform(-0.9, 0.9), rng.uniform(-0.3, 0.9), rng.uniform(0.5, 1.2))
        lamp.rotation_euler = (-Vector(lamp.location)).to_track_quat("-Z", "Y").to_euler()
        place.collection.objects.link(lamp)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[1].default_value = rng.uniform(0.3, 0.9)
    world.node_tree.nodes["Background"].inputs[0].default_value = (1, 1, 1, 1)
    place.world = world
    place.render.engine = "CYCLES"
    place.cycles.samples, place.cycles.use_denoising = 14, False
    place.render.film_transparent = True
    place.view_settings.view_transform = "Standard"
    place.render.resolution_x = place.render.resolution_y = SIDE
    place.render.threads_mode, place.render.threads = "FIXED", 1
    place.render.image_settings.color_mode = "RGBA"
    place.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--mesh", required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--count", type=int, default=150)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for k in range(args.count):
        rng = np.random.default_rng(k)
        path = args.out / f"{k:03d}.png"
        if not path.exists():
            shot(scene(args.mesh, rng), rng, path)


if __name__ == "__main__":
    sys.exit(main())
