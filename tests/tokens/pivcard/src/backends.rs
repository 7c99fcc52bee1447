//! Services that the PIV application calls: keys, files, PINs and RSA. A security key with trussed
//! as its firmware has the same.

use trussed::backend::{Backend as _, BackendId};
use trussed::platform::Platform;
use trussed::serde_extensions::{ExtensionDispatch, ExtensionId, ExtensionImpl};
use trussed::service::ServiceResources;
use trussed::types::Context;
use trussed_auth::AuthExtension;
use trussed_auth_backend::{AuthBackend, AuthContext, FilesystemLayout};
use trussed_chunked::ChunkedExtension;
use trussed_core::Error;
use trussed_core::api::{Reply, Request, reply, request};
use trussed_core::types::Location;
use trussed_hpke::HpkeExtension;
use trussed_rsa_alloc::SoftwareRsa;
use trussed_staging::{StagingBackend, StagingContext};
use trussed_wrap_key_to_file::WrapKeyToFileExtension;

/// Back ends, in the order in which each request is offered to them.
pub const BACKENDS: &[BackendId<Backend>] =
    &[BackendId::Custom(Backend::Rsa), BackendId::Custom(Backend::Auth), BackendId::Custom(Backend::Staging), BackendId::Core];

/// A back end beside the core of trussed.
pub enum Backend {
    /// RSA keys.
    Rsa,
    /// PINs and their counters.
    Auth,
    /// Large and encrypted files.
    Staging,
}

/// A group of requests that the core of trussed does not have.
#[derive(Clone, Copy)]
pub enum Extension {
    /// PINs and their counters.
    Auth,
    /// Files of several pieces.
    Chunked,
    /// Keys in encrypted files.
    WrapKeyToFile,
    /// Encryption for a public key.
    Hpke,
}

const EXTENSIONS: [Extension; 4] = [Extension::Auth, Extension::Chunked, Extension::WrapKeyToFile, Extension::Hpke];

impl From<Extension> for u8 {
    fn from(extension: Extension) -> Self {
        extension as Self
    }
}

impl TryFrom<u8> for Extension {
    type Error = Error;

    fn try_from(id: u8) -> Result<Self, Error> {
        EXTENSIONS.get(usize::from(id)).copied().ok_or(Error::FunctionNotSupported)
    }
}

/// Hands each request to its back end.
pub struct Dispatch {
    auth: AuthBackend,
    staging: StagingBackend,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self { auth: AuthBackend::new(Location::Internal, FilesystemLayout::V0), staging: StagingBackend::new() }
    }
}

/// State of the back ends.
#[derive(Default)]
pub struct Contexts {
    auth: AuthContext,
    staging: StagingContext,
}

impl ExtensionDispatch for Dispatch {
    type BackendId = Backend;
    type Context = Contexts;
    type ExtensionId = Extension;

    fn core_request<P: Platform>(
        &mut self,
        backend: &Backend,
        context: &mut Context<Contexts>,
        request: &Request,
        resources: &mut ServiceResources<P>,
    ) -> Result<Reply, Error> {
        let Context { core, backends, .. } = context;
        match backend {
            Backend::Rsa => SoftwareRsa.request(core, &mut (), request, resources),
            Backend::Auth => self.auth.request(core, &mut backends.auth, request, resources),
            Backend::Staging => self.staging.request(core, &mut backends.staging, request, resources),
        }
    }

    fn extension_request<P: Platform>(
        &mut self,
        backend: &Backend,
        extension: &Extension,
        context: &mut Context<Contexts>,
        request: &request::SerdeExtension,
        resources: &mut ServiceResources<P>,
    ) -> Result<reply::SerdeExtension, Error> {
        let Context { core, backends, .. } = context;
        let (auth, staging) = (&mut backends.auth, &mut backends.staging);
        match (backend, extension) {
            (Backend::Auth, Extension::Auth) => {
                ExtensionImpl::<AuthExtension>::extension_request_serialized(&mut self.auth, core, auth, request, resources)
            }
            (Backend::Staging, Extension::Chunked) => {
                ExtensionImpl::<ChunkedExtension>::extension_request_serialized(&mut self.staging, core, staging, request, resources)
            }
            (Backend::Staging, Extension::WrapKeyToFile) => {
                ExtensionImpl::<WrapKeyToFileExtension>::extension_request_serialized(&mut self.staging, core, staging, request, resources)
            }
            (Backend::Staging, Extension::Hpke) => {
                ExtensionImpl::<HpkeExtension>::extension_request_serialized(&mut self.staging, core, staging, request, resources)
            }
            _ => Err(Error::RequestNotAvailable),
        }
    }
}

impl ExtensionId<AuthExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Auth;
}

impl ExtensionId<ChunkedExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Chunked;
}

impl ExtensionId<WrapKeyToFileExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::WrapKeyToFile;
}

impl ExtensionId<HpkeExtension> for Dispatch {
    type Id = Extension;
    const ID: Extension = Extension::Hpke;
}
