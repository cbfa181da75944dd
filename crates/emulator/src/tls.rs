//! TLS: a certificate of a throw-away authority, made at the start.
//!
//! The authority's key signs this one certificate and is forgotten: no other can be made that is
//! trusted because of it. The names are those of this machine's loopback only.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber, SignatureAlgorithm, SigningKey,
    date_time_ymd,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use wharf_core::error::{Error, Kind, Result};

/// The names in the certificate.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long it is valid. Some clients refuse certificates of more than 825 days.
const VALID: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What a server with TLS needs.
pub(super) struct Tls {
    /// Makes connections secure.
    pub(super) acceptor: TlsAcceptor,
    /// The authority's certificate, for clients to trust.
    pub(super) authority: String,
}

impl Tls {
    /// Makes an authority, a certificate, and forgets the authority's key.
    pub(super) fn make() -> Result<Self> {
        let (authority, chain, key) = certificates().map_err(|e| failed(&e))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key.into()))
            .map_err(|e| failed(&e))?;
        Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), authority })
    }
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Internal, format!("creating a certificate: {error}"))
}

type Certificates = (String, Vec<CertificateDer<'static>>, PrivatePkcs8KeyDer<'static>);

fn certificates() -> Result<Certificates, rcgen::Error> {
    let key = SigningKeyPair::generate()?;
    let mut params = params(&key, "wharf emulator, temporary authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = params.self_signed(&key)?;
    let issuer = Issuer::new(params, key);

    let key = SigningKeyPair::generate()?;
    let mut params = self::params(&key, "localhost");
    for name in NAMES {
        let name = match name.parse() {
            Ok(address) => rcgen::SanType::IpAddress(address),
            Err(_) => rcgen::SanType::DnsName(name.try_into()?),
        };
        params.subject_alt_names.push(name);
    }
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &issuer)?;
    Ok((pem(authority.der()), vec![certificate.der().clone()], key.document))
}

fn params(key: &SigningKeyPair, name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    let day = |time: Timestamp| {
        let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    let now = Timestamp::now();
    params.not_before = day(now - SignedDuration::from_hours(24));
    params.not_after = day(now + VALID);
    let digest = Sha256::digest(key.der_bytes());
    let id: Vec<u8> = digest.iter().copied().take(20).collect();
    // A serial number is positive: it begins with a byte that is not too large for that.
    let serial: Vec<u8> = [1].into_iter().chain(digest.iter().copied().skip(20)).collect();
    params.key_identifier_method = KeyIdMethod::PreSpecified(id);
    params.serial_number = Some(SerialNumber::from(serial));
    params
}

/// A key pair of the curve P-256. `rcgen` has its own, with twenty packages for what is not needed.
struct SigningKeyPair {
    document: PrivatePkcs8KeyDer<'static>,
    pair: EcdsaKeyPair,
}

impl SigningKeyPair {
    fn generate() -> Result<Self, rcgen::Error> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let document = made.map_err(|_| rcgen::Error::RingUnspecified)?.as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &document, &random);
        let pair = pair.map_err(|e| rcgen::Error::RingKeyRejected(e.to_string()))?;
        Ok(SigningKeyPair { document: document.into(), pair })
    }
}

impl PublicKeyData for SigningKeyPair {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for SigningKeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signed = self.pair.sign(&SystemRandom::new(), message);
        signed.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RingUnspecified)
    }
}

/// Returns the text form of a certificate.
fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, char) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(char);
    }
    pem + "\n-----END CERTIFICATE-----\n"
}
