//! What is drawn: surfaces made of triangles, with the materials that cover them.

use std::sync::Arc;

use glam::{Quat, Vec2, Vec3};

use crate::texture::Texture;

/// A corner of triangles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vertex {
    /// Metres.
    pub position: Vec3,
    /// Outwards, of length 1.
    pub normal: Vec3,
    /// Place on the texture: 0..1 is the whole of it, beyond that it repeats.
    pub uv: Vec2,
}

/// A triangle. Both its sides are seen; the normals say which way it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Face {
    /// Indices of its vertices.
    pub corners: [u32; 3],
    /// Index of its material.
    pub material: u16,
}

/// What a surface is made of.
#[derive(Clone, Debug)]
pub struct Material {
    /// Its colours. A texel of alpha below 128 is a hole.
    pub texture: Arc<Texture>,
    /// How much it mirrors the light: 0 chalk, 0.3 leather and skin, 1 wet.
    pub gloss: f32,
    /// How far light reaches around it, 0 stone … 1 skin, leaves, hair.
    pub soft: f32,
    /// Light of its own, as a share of its colour: lamps and screens 1, all else 0.
    pub glow: f32,
}

impl Material {
    /// Without gloss, softness or glow.
    pub fn matt(texture: Texture) -> Self {
        Self { texture: Arc::new(texture), gloss: 0.0, soft: 0.0, glow: 0.0 }
    }

    /// One colour all over, sRGB.
    pub fn plain(colour: [u8; 3]) -> Self {
        Self::matt(Texture::plain(colour))
    }

    /// The same with this gloss.
    #[must_use]
    pub fn glossy(self, gloss: f32) -> Self {
        Self { gloss, ..self }
    }

    /// The same with this softness.
    #[must_use]
    pub fn soft(self, soft: f32) -> Self {
        Self { soft, ..self }
    }
}

/// A thing: its surface and its materials.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Corners.
    pub vertices: Vec<Vertex>,
    /// Triangles.
    pub faces: Vec<Face>,
    /// What its faces' `material` counts in.
    pub materials: Vec<Material>,
}

impl Model {
    /// Adds a material and returns its index.
    pub fn material(&mut self, material: Material) -> u16 {
        self.materials.push(material);
        (self.materials.len() - 1) as u16
    }

    /// Adds a flat four-sided face, corners in turn; its texture runs `repeat` times along the first side and
    /// the second one. The normal is that of a right-handed turn through the corners.
    pub fn quad(&mut self, corners: [Vec3; 4], repeat: Vec2, material: u16) {
        let normal = (corners[1] - corners[0]).cross(corners[3] - corners[0]).normalize_or_zero();
        let base = self.vertices.len() as u32;
        let uvs = [Vec2::new(0.0, repeat.y), repeat, Vec2::new(repeat.x, 0.0), Vec2::ZERO];
        for (position, uv) in corners.into_iter().zip(uvs) {
            self.vertices.push(Vertex { position, normal, uv });
        }
        for corners in [[base, base + 1, base + 2], [base, base + 2, base + 3]] {
            self.faces.push(Face { corners, material });
        }
    }

    /// Adds a box that stands at `foot` (the middle of its underside); the texture covers each side `repeat` times.
    pub fn block(&mut self, foot: Vec3, size: Vec3, repeat: Vec2, material: u16) {
        let (w, d, h) = (size.x / 2.0, size.y / 2.0, size.z);
        let p = |x: f32, y: f32, z: f32| foot + Vec3::new(x, y, z);
        let (a, b, c, e) = (p(-w, -d, 0.0), p(w, -d, 0.0), p(w, d, 0.0), p(-w, d, 0.0));
        let up = Vec3::Z * h;
        for [from, to] in [[a, b], [b, c], [c, e], [e, a]] {
            self.quad([from, to, to + up, from + up], repeat, material);
        }
        self.quad([a + up, b + up, c + up, e + up], repeat, material);
        self.quad([e, c, b, a], repeat, material);
    }

    /// Adds another model, moved, turned and with its materials.
    pub fn add(&mut self, other: &Self, at: Vec3, turn: Quat) {
        let (base, first) = (self.vertices.len() as u32, self.materials.len() as u16);
        self.vertices.extend(other.vertices.iter().map(|v| Vertex {
            position: at + turn * v.position,
            normal: turn * v.normal,
            uv: v.uv,
        }));
        self.faces.extend(
            other.faces.iter().map(|f| Face { corners: f.corners.map(|c| c + base), material: f.material + first }),
        );
        self.materials.extend(other.materials.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocks_sides_look_outwards() {
        let mut model = Model::default();
        model.block(Vec3::new(1.0, 2.0, 0.0), Vec3::new(1.0, 2.0, 3.0), Vec2::ONE, 0);
        assert_eq!((model.vertices.len(), model.faces.len()), (24, 12));
        let middle = Vec3::new(1.0, 2.0, 1.5);
        for face in &model.faces {
            let [a, b, c] = face.corners.map(|i| model.vertices[i as usize]);
            assert!(a.normal.dot(a.position - middle) > 0.0);
            assert!((b.position - a.position).cross(c.position - a.position).dot(a.normal) > 0.0);
        }
    }

    #[test]
    fn an_added_model_brings_its_materials() {
        let mut part = Model::default();
        let red = part.material(Material::plain([200, 0, 0]));
        part.block(Vec3::ZERO, Vec3::ONE, Vec2::ONE, red);
        let mut whole = part.clone();
        whole.add(&part, Vec3::X, Quat::IDENTITY);
        assert_eq!(whole.faces.last().unwrap().material, 1);
        assert_eq!(whole.materials.len(), 2);
        assert_eq!(whole.vertices[24].position, part.vertices[0].position + Vec3::X);
    }
}
