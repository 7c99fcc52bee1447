//! Transport of a card (ISO 7816-4): chained commands, long responses, and the selection of the
//! application.

use apdu_app::App;
use heapless::{Vec as Buffer, VecView};
use iso7816::command::{Command, CommandView, FromSliceError};
use iso7816::{Instruction, Interface, Status};
use vpicc::VSmartCard;

/// Longest command and response, in bytes. Devices with this application have the same.
const LONGEST: usize = 7609;
/// Longest response to a command that does not say how many bytes it expects.
const PIECE: usize = 256;
/// Length of the provider's identifier, with which every identifier of an application begins.
const RID: usize = 5;
/// VERIFY with P1 = FF, which ends the login (NIST SP 800-73-4, part 2, 3.2.1).
const LOGOUT: &[u8] = &[0x00, 0x20, 0xFF, 0x80];

/// A card with one application.
pub struct Card<A> {
    application: A,
    is_selected: bool,
    /// Beginning of a command that comes in several pieces (ISO 7816-4, 5.3.3).
    chained: Option<Box<Command<LONGEST>>>,
    /// Rest of the last response, with its status. GET RESPONSE fetches it.
    response: Vec<u8>,
}

impl<A: App> Card<A> {
    /// A card that was just inserted.
    pub fn new(application: A) -> Self {
        Self { application, is_selected: false, chained: None, response: Vec::new() }
    }

    /// Keeps a piece of a command, or has the application answer the whole command.
    fn handle(&mut self, apdu: &[u8], reply: &mut VecView<u8>) -> Result<(), Status> {
        let piece = CommandView::try_from(apdu).map_err(|_| Status::WrongLength)?;
        if let Some(chained) = &mut self.chained {
            chained.extend_from_command_view(piece).map_err(|_| Status::NotEnoughMemory)?;
        }
        if piece.class().chain().not_the_last() {
            if self.chained.is_none() {
                self.chained = Some(Box::new(owned(piece)?));
            }
            return Ok(());
        }
        let chained = self.chained.take();
        let command = chained.as_ref().map_or(piece, |command| command.as_view());
        if command.instruction() == Instruction::Select {
            return self.select(command, reply);
        }
        if !self.is_selected {
            return Err(Status::ConditionsOfUseNotSatisfied);
        }
        self.application.call(Interface::Contact, command, reply)
    }

    /// Selects the application. Programs give the whole identifier or its beginning.
    fn select(&mut self, command: CommandView<'_>, reply: &mut VecView<u8>) -> Result<(), Status> {
        let identifier = command.data();
        self.is_selected = identifier.len() >= RID && self.application.aid().as_bytes().starts_with(identifier);
        if !self.is_selected {
            return Err(Status::NotFound);
        }
        self.application.select(Interface::Contact, command, reply)
    }

    /// Next bytes of the response, and a status that says whether there are more.
    fn next_piece(&mut self, expected: usize) -> Vec<u8> {
        let left = self.response.len().saturating_sub(2);
        let length = if expected == 0 { PIECE } else { expected };
        if left <= length {
            return std::mem::take(&mut self.response);
        }
        let rest = self.response.split_off(length);
        let mut piece = std::mem::replace(&mut self.response, rest);
        let more = u8::try_from(left - length).unwrap_or(0); // 0 stands for 256 and more
        piece.extend(<[u8; 2]>::from(Status::MoreAvailable(more)));
        piece
    }

    /// Ends the login and the selection, as a loss of power does.
    fn forget(&mut self) {
        self.chained = None;
        self.response.clear();
        self.is_selected = false;
        if let Ok(command) = CommandView::try_from(LOGOUT) {
            let _ = self.application.call(Interface::Contact, command, &mut Buffer::<u8, 8>::new());
        }
    }
}

fn owned(command: CommandView<'_>) -> Result<Command<LONGEST>, Status> {
    command.to_owned().map_err(|error| match error {
        FromSliceError::TooLong => Status::NotEnoughMemory,
        _ => Status::WrongLength,
    })
}

impl<A: App> VSmartCard for Card<A> {
    fn power_on(&mut self) {
        self.forget();
    }

    fn power_off(&mut self) {
        self.forget();
    }

    fn reset(&mut self) {
        self.forget();
    }

    fn execute(&mut self, apdu: &[u8]) -> Vec<u8> {
        let (instruction, expected) =
            CommandView::try_from(apdu).map_or((Instruction::Unknown(0), 0), |command| (command.instruction(), command.expected()));
        if instruction != Instruction::GetResponse {
            let mut reply = Buffer::<u8, LONGEST>::new();
            let status = match self.handle(apdu, &mut reply) {
                Ok(()) => Status::Success,
                Err(status) => {
                    self.chained = None;
                    reply.clear();
                    status
                }
            };
            self.response = reply.to_vec();
            self.response.extend(<[u8; 2]>::from(status));
        } else if self.response.is_empty() {
            self.response.extend(<[u8; 2]>::from(Status::ConditionsOfUseNotSatisfied));
        }
        self.next_piece(expected)
    }
}
